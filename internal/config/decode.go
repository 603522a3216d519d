package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// decode fills out from value, the any of a context key, and reports every key
// it does not know and every value of a wrong type under its path, which starts
// with at. It walks the value itself because encoding/json stops at the first
// problem and names no path.
func decode(at string, value any, out reflect.Value) []error {
	if s, ok := out.Addr().Interface().(*Selection); ok {
		return s.decode(at, value)
	}
	wrong := func(want string) []error {
		return []error{fmt.Errorf("%s must be %s (got %s)", at, want, show(value))}
	}
	switch out.Kind() {
	case reflect.Pointer:
		out.Set(reflect.New(out.Type().Elem()))
		return decode(at, value, out.Elem())
	case reflect.Struct:
		object, ok := value.(map[string]any)
		if !ok {
			return wrong("an object")
		}
		return decodeStruct(at, object, out)
	case reflect.Slice:
		list, ok := value.([]any)
		if !ok {
			return wrong("a list of strings")
		}
		var problems []error
		out.Set(reflect.MakeSlice(out.Type(), len(list), len(list)))
		for i, element := range list {
			problems = append(problems, decode(fmt.Sprintf("%s[%d]", at, i), element, out.Index(i))...)
		}
		return problems
	case reflect.Map:
		object, ok := value.(map[string]any)
		if !ok {
			return wrong("an object")
		}
		var problems []error
		out.Set(reflect.MakeMap(out.Type()))
		for _, key := range slices.Sorted(maps.Keys(object)) {
			element := reflect.New(out.Type().Elem()).Elem()
			// The value of a tag may be empty, that of a key of ours may not.
			if text, ok := object[key].(string); ok && element.Kind() == reflect.String {
				element.SetString(text)
			} else {
				problems = append(problems, decode(below(at, key), object[key], element)...)
			}
			out.SetMapIndex(reflect.ValueOf(key), element)
		}
		return problems
	case reflect.String:
		text, ok := value.(string)
		if !ok {
			return wrong("a string")
		}
		if text == "" {
			return wrong("a string that is not empty; leave the key out for the default")
		}
		out.SetString(text)
	case reflect.Bool:
		flag, ok := value.(bool)
		if !ok {
			return wrong("true or false, without quotes")
		}
		out.SetBool(flag)
	case reflect.Int:
		number, ok := value.(float64)
		if !ok || number != float64(int(number)) {
			return wrong("a whole number")
		}
		if number == 0 {
			return wrong("a whole number above 0; leave the key out for the default")
		}
		out.SetInt(int64(number))
	default:
		panic("config: no decoder for " + out.Type().String())
	}
	return nil
}

func decodeStruct(at string, object map[string]any, out reflect.Value) []error {
	fields := map[string]reflect.Value{}
	for _, field := range reflect.VisibleFields(out.Type()) {
		if name := field.Tag.Get("json"); name != "-" && !field.Anonymous {
			fields[name] = out.FieldByIndex(field.Index)
		}
	}
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(object)) {
		field, known := fields[key]
		if !known {
			problems = append(problems, fmt.Errorf("%s is no known key; %s", below(at, key), suggest(key, slices.Sorted(maps.Keys(fields)))))
			continue
		}
		problems = append(problems, decode(below(at, key), object[key], field)...)
	}
	return problems
}

func (s *Selection) decode(at string, value any) []error {
	switch v := value.(type) {
	case string:
		switch v {
		case "all":
			s.All = true
			return nil
		case "none":
			return nil
		}
	case []any:
		return decode(at, v, reflect.ValueOf(&s.Names).Elem())
	}
	return []error{fmt.Errorf(`%s must be "none", "all" or a list of names, got %s`, at, show(value))}
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// below is the path of a key that cdk.json has in the object at.
func below(at, key string) string {
	switch {
	case !identifier.MatchString(key):
		return fmt.Sprintf("%s[%q]", at, key)
	case at == "":
		return key
	}
	return at + "." + key
}

// show is a value as it stands in cdk.json, cut to one line.
func show(value any) string {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	if s := strings.TrimSpace(text.String()); len(s) <= 80 {
		return s
	}
	return text.String()[:77] + "..."
}

// suggest names the known key that differs from key in case or by a letter or
// two, or else all of them.
func suggest(key string, known []string) string {
	for _, k := range known {
		if distance(strings.ToLower(key), strings.ToLower(k)) <= 2 {
			return fmt.Sprintf("did you mean %q?", k)
		}
	}
	return "known are " + strings.Join(known, ", ")
}

// distance is the Levenshtein distance of two short texts.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// DuplicateKeys reports the keys that an object of cdk.json has twice. The CDK's
// command line keeps the last of them without a word, so that an environment
// could vanish.
func DuplicateKeys(cdkJSON []byte) error {
	dec := json.NewDecoder(bytes.NewReader(cdkJSON))
	var problems []error
	if err := duplicateKeys(dec, "", &problems); err != nil {
		return fmt.Errorf("cannot be read: %w", err)
	}
	return errors.Join(problems...)
}

func duplicateKeys(dec *json.Decoder, at string, problems *[]error) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		seen := map[string]bool{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			path := below(at, key.(string))
			if seen[key.(string)] {
				*problems = append(*problems, fmt.Errorf("%s is there twice, and only the last one counts; rename or remove one", strings.TrimPrefix(path, "context.")))
			}
			seen[key.(string)] = true
			if err := duplicateKeys(dec, path, problems); err != nil {
				return err
			}
		}
		_, err = dec.Token()
	case json.Delim('['):
		for i := 0; dec.More(); i++ {
			if err := duplicateKeys(dec, fmt.Sprintf("%s[%d]", at, i), problems); err != nil {
				return err
			}
		}
		_, err = dec.Token()
	}
	return err
}

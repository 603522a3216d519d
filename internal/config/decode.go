package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// decoder fills environments from the any of a context key, and reports every
// key that it does not know and every value of a wrong type under its path. It
// walks the value itself because encoding/json stops at the first problem and
// names no path.
type decoder struct {
	problems []error
	// unread are the paths of what could not be read, and of the keys that an
	// unknown one may stand for, all of an object's where that is not clear. What
	// is missing there has been reported.
	unread []string
	// scopes are the objects around the value, the outermost first.
	scopes []scope
	// hide keeps values out of messages, because they may be secrets.
	hide bool
}

// scope is an object of cdk.json and its type.
type scope struct {
	at  string
	typ reflect.Type
}

// wrong reports a value that is not what was wanted.
func (d *decoder) wrong(at, want string, value any, fix string) {
	got := show(value)
	if d.hide {
		got = "a value of another type (not shown, it may be a secret)"
	}
	d.unread = append(d.unread, at)
	d.problems = append(d.problems, fmt.Errorf("%s: must be %s, got %s; %s", at, want, got, fix))
}

// decode fills out from value, which stands at a path.
func (d *decoder) decode(at string, value any, out reflect.Value, field reflect.StructField) {
	if s, ok := out.Addr().Interface().(*Selection); ok {
		d.selection(at, value, s)
		return
	}
	switch out.Kind() {
	case reflect.Pointer:
		out.Set(reflect.New(out.Type().Elem()))
		d.decode(at, value, out.Elem(), field)
	case reflect.Struct:
		if object, ok := value.(map[string]any); ok {
			d.object(at, object, out)
		} else {
			d.wrong(at, "an object", value, objectFix(value, field))
		}
	case reflect.Map:
		if object, ok := value.(map[string]any); ok {
			d.entries(at, object, out)
		} else {
			d.wrong(at, "an object", value, objectFix(value, field))
		}
	case reflect.Slice:
		if list, ok := value.([]any); ok {
			d.list(at, list, out)
		} else {
			d.wrong(at, "a list of strings", value, d.listFix(value))
		}
	case reflect.String:
		if text, ok := value.(string); ok && text != "" {
			out.SetString(text)
		} else {
			d.wrong(at, map[bool]string{true: "a string that is not empty", false: "a string"}[ok], value, d.stringFix(value))
		}
	case reflect.Bool:
		if flag, ok := value.(bool); ok {
			out.SetBool(flag)
		} else {
			d.wrong(at, "true or false, without quotes", value, boolFix(value))
		}
	case reflect.Int:
		// CloudFormation's integers have 32 bits, and seconds of as many fit a
		// time.Duration.
		switch n, ok := value.(float64); {
		case !ok || n != math.Trunc(n):
			d.wrong(at, "a whole number, without quotes", value, numberFix(value))
		case n == 0:
			d.wrong(at, "a whole number other than 0", value, forDefault)
		case math.Abs(n) > math.MaxInt32:
			d.wrong(at, fmt.Sprintf("a whole number of at most %d", math.MaxInt32), value, "write a smaller one")
		default:
			out.SetInt(int64(n))
		}
	default:
		panic("config: no decoder for " + out.Type().String())
	}
}

func (d *decoder) list(at string, list []any, out reflect.Value) {
	out.Set(reflect.MakeSlice(out.Type(), len(list), len(list)))
	for i, element := range list {
		d.decode(fmt.Sprintf("%s[%d]", at, i), element, out.Index(i), reflect.StructField{})
	}
}

// entries decodes a map whose keys are the user's own.
func (d *decoder) entries(at string, object map[string]any, out reflect.Value) {
	out.Set(reflect.MakeMap(out.Type()))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		element := reflect.New(out.Type().Elem()).Elem()
		// The value of a tag may be empty, that of a key of ours may not.
		if text, ok := object[key].(string); ok && element.Kind() == reflect.String {
			element.SetString(text)
		} else {
			path := fmt.Sprintf("%s[%q]", at, key)
			d.decode(path, object[key], element, reflect.StructField{Tag: `example:"{}"`})
			if d.isUnread(path) {
				continue
			}
		}
		out.SetMapIndex(reflect.ValueOf(key), element)
	}
}

func (d *decoder) object(at string, object map[string]any, out reflect.Value) {
	d.scopes = append(d.scopes, scope{at, out.Type()})
	defer func() { d.scopes = d.scopes[:len(d.scopes)-1] }()
	fields := keysOf(out.Type())
	for _, key := range slices.Sorted(maps.Keys(object)) {
		field, known := fields[key]
		if !known {
			d.unknown(at, key)
			continue
		}
		outer := d.hide
		d.hide = d.hide || field.Tag.Get("hide") != ""
		d.decode(at+"."+key, object[key], out.FieldByIndex(field.Index), field)
		d.hide = outer
	}
}

// keysOf are the keys of an object of a type.
func keysOf(typ reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for _, field := range reflect.VisibleFields(typ) {
		if name := field.Tag.Get("json"); name != "-" && !field.Anonymous {
			fields[name] = field
		}
	}
	return fields
}

func (d *decoder) selection(at string, value any, s *Selection) {
	switch v := value.(type) {
	case string:
		switch v {
		case "all":
			s.All = true
			return
		case "none":
			return
		}
	case []any:
		d.list(at, v, reflect.ValueOf(&s.Names).Elem())
		return
	}
	d.wrong(at, `"none", "all" or a list of names`, value, d.listFix(value))
}

// unknown reports a key, and where it belongs: to a known one beside it that is
// spelled much the same, or into another object.
func (d *decoder) unknown(at, key string) {
	report := func(format string, args ...any) {
		d.problems = append(d.problems, fmt.Errorf("%s: unknown key; "+format, append([]any{below(at, key)}, args...)...))
	}
	known := slices.Sorted(maps.Keys(keysOf(d.scopes[len(d.scopes)-1].typ)))
	if near, ok := rules.Nearest(key, known); ok {
		d.unread = append(d.unread, at+"."+near)
		report("did you mean %q?", near)
		return
	}
	// The nearest object first: one within, then those around and within them.
	for i := len(d.scopes) - 1; i >= 0; i-- {
		around := d.scopes[i]
		if name, ok := same(key, around.typ); ok {
			d.unread = append(d.unread, around.at+"."+name)
			report("it belongs in %s", around.at)
			return
		}
		for _, inner := range slices.Sorted(maps.Keys(keysOf(around.typ))) {
			typ := keysOf(around.typ)[inner].Type
			if typ.Kind() == reflect.Pointer {
				typ = typ.Elem()
			}
			if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[Selection]() || around.at+"."+inner == at {
				continue
			}
			if name, ok := same(key, typ); ok {
				d.unread = append(d.unread, around.at+"."+inner+"."+name)
				if around.at == at {
					report("it belongs in %q", inner)
				} else {
					report("it belongs in %s.%s", around.at, inner)
				}
				return
			}
		}
	}
	d.unread = append(d.unread, at+".*")
	report("the keys here are %s", strings.Join(known, ", "))
}

// same is the key of an object of a type that equals key, case aside.
func same(key string, typ reflect.Type) (string, bool) {
	for name := range keysOf(typ) {
		if strings.EqualFold(name, key) {
			return name, true
		}
	}
	return "", false
}

// isUnread says whether what is missing at a path has been reported.
func (d *decoder) isUnread(path string) bool {
	return slices.ContainsFunc(d.unread, func(unread string) bool {
		if all, ok := strings.CutSuffix(unread, ".*"); ok {
			key, below := strings.CutPrefix(path, all+".")
			return below && !strings.ContainsAny(key, ".[")
		}
		rest, within := strings.CutPrefix(path, unread)
		return within && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

const forDefault = "drop the key for the default"

func objectFix(value any, field reflect.StructField) string {
	switch value {
	case false, nil:
		return forDefault + ", or write " + field.Tag.Get("example")
	}
	return "write " + field.Tag.Get("example")
}

func (d *decoder) listFix(value any) string {
	switch v := value.(type) {
	case nil:
		return forDefault
	case string:
		if v != "" && !d.hide && isShort(v) {
			return fmt.Sprintf("write [%s]", show(v))
		}
	}
	return `write it in brackets, ["…"]`
}

func (d *decoder) stringFix(value any) string {
	switch v := value.(type) {
	case float64, bool:
		if !d.hide {
			return fmt.Sprintf("write %q", show(v))
		}
	case []any:
		if len(v) == 1 && !d.hide {
			if text, ok := v[0].(string); ok && isShort(text) {
				return "write " + show(text)
			}
		}
	case nil, string:
		return forDefault
	}
	return "write it in quotes"
}

// isShort says whether show has room for the text.
func isShort(text string) bool { return len([]rune(text)) < 78 && rules.Shown(text) == text }

func boolFix(value any) string {
	if text, ok := value.(string); ok {
		if flag, err := strconv.ParseBool(text); err == nil {
			return fmt.Sprintf("write %t", flag)
		}
	}
	return forDefault
}

func numberFix(value any) string {
	switch v := value.(type) {
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			return fmt.Sprintf("write %d", n)
		}
	case float64:
		return fmt.Sprintf("write %.0f or %.0f", math.Floor(v), math.Ceil(v))
	}
	return forDefault
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

// show is a value as it stands in cdk.json, cut to one line, without what may be
// a secret in a URL.
func show(value any) string {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(shown(value)); err != nil {
		return fmt.Sprint(value)
	}
	if s := []rune(strings.TrimSpace(text.String())); len(s) > 80 {
		return string(s[:77]) + "..."
	}
	return strings.TrimSpace(text.String())
}

func shown(value any) any {
	switch v := value.(type) {
	case string:
		if strings.Contains(v, "//") || strings.Contains(v, ":") {
			return rules.Shown(v)
		}
	case []any:
		list := slices.Clone(v)
		for i := range list {
			list[i] = shown(list[i])
		}
		return list
	case map[string]any:
		object := maps.Clone(v)
		for key := range object {
			object[key] = shown(object[key])
		}
		return object
	}
	return value
}

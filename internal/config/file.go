package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// CheckJSON reports the first place where cdk.json, whose file is called name, is
// no JSON in UTF-8.
func CheckJSON(name string, data []byte) error {
	at := place(name, data)
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return fmt.Errorf("%s: must not start with a byte order mark; save the file as UTF-8 without one", at(0))
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")), bytes.IndexByte(data[:min(len(data), 4)], 0) >= 0:
		return fmt.Errorf("%s: must be UTF-8, got UTF-16 or UTF-32; save the file as UTF-8", at(0))
	case !utf8.Valid(data):
		i := 0
		for r, size := utf8.DecodeRune(data); r != utf8.RuneError || size > 1; r, size = utf8.DecodeRune(data[i:]) {
			i += size
		}
		return fmt.Errorf("%s: must be UTF-8, got the byte 0x%02x; save the file as UTF-8", at(i), data[i])
	}
	if err := json.Unmarshal(data, new(json.RawMessage)); err != nil {
		offset := len(data)
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) && !strings.HasPrefix(syntax.Error(), "unexpected end") {
			offset = int(syntax.Offset) - 1
		}
		return fmt.Errorf("%s: must be JSON, got %w; %s", at(offset), err, jsonFix(data[:min(offset, len(data))], data[min(offset, len(data)):]))
	}
	return nil
}

// CheckLost reports what is in cdk.json and does not reach the app: keys that an
// object has twice, of which the CDK's command line keeps the last without a
// word, so that an environment could vanish; and nulls below environments, which
// the CDK leaves out. data is sound by [CheckJSON].
func CheckLost(name string, data []byte) error {
	s := scanner{dec: json.NewDecoder(bytes.NewReader(data)), at: place(name, data)}
	s.value("", false)
	return errors.Join(s.problems...)
}

// place says where in the file an offset is.
func place(name string, data []byte) func(offset int) string {
	return func(offset int) string {
		before := data[:min(offset, len(data))]
		line := bytes.Count(before, []byte("\n")) + 1
		column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
		return fmt.Sprintf("%s:%d:%d", name, line, column)
	}
}

// jsonFix says what to do about text that stops being JSON between before and
// after.
func jsonFix(before, after []byte) string {
	switch before = bytes.TrimRight(before, " \t\r\n"); {
	case len(after) == 0:
		return "close what is open"
	case bytes.HasSuffix(before, []byte(",")) && (after[0] == '}' || after[0] == ']'):
		return "drop the comma before it"
	case after[0] == '/', after[0] == '#':
		return "JSON has no comments, drop it"
	case after[0] == '\'':
		return "write double quotes"
	case after[0] == '"' && !bytes.HasSuffix(before, []byte(",")):
		return "write a comma before it"
	}
	return "correct what stands there"
}

// scanner goes through JSON that is known to be sound.
type scanner struct {
	dec      *json.Decoder
	at       func(int) string
	problems []error
}

// value goes through the value at path. The CDK keeps a null that is in a list,
// so decode reports it.
func (s *scanner) value(path string, inList bool) {
	token, err := s.dec.Token()
	if err != nil {
		return
	}
	shown := strings.TrimPrefix(path, "context.")
	switch token {
	case nil:
		if environments, within := strings.CutPrefix(path, "context."+Environments); within && environments != "" && !inList {
			fix := "drop the key for the default"
			if !strings.ContainsAny(environments[1:], ".[") {
				fix = "write {} for an environment with every default"
			}
			s.problems = append(s.problems, fmt.Errorf("%s: must not be null (%s); %s", shown, s.at(int(s.dec.InputOffset())-len("null")), fix))
		}
	case json.Delim('{'):
		seen := map[string]string{}
		for s.dec.More() {
			token, _ := s.dec.Token()
			key := token.(string)
			here := s.at(int(s.dec.InputOffset()) - len(key) - len(`""`))
			if first, again := seen[key]; again {
				s.problems = append(s.problems, fmt.Errorf("%s: is there twice (%s and %s), and only the last one counts; rename or remove one", strings.TrimPrefix(below(path, key), "context."), first, here))
			}
			seen[key] = here
			s.value(below(path, key), false)
		}
		_, _ = s.dec.Token()
	case json.Delim('['):
		for i := 0; s.dec.More(); i++ {
			s.value(fmt.Sprintf("%s[%d]", path, i), true)
		}
		_, _ = s.dec.Token()
	}
}

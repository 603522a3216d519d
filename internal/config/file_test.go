package config

import (
	"strings"
	"testing"
)

func TestWhatIsNoJSONIsReportedAtItsPlace(t *testing.T) {
	t.Parallel()
	if err := CheckJSON("cdk.json", []byte("{\"app\": \"ü\"}\n")); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"\ufeff{}":                       "cdk.json:1:1: must not start with a byte order mark; save the file as UTF-8 without one",
		"\xff\xfe{\x00}\x00":             "cdk.json:1:1: must be UTF-8, got UTF-16 or UTF-32; save the file as UTF-8",
		"\xfe\xff\x00{\x00}":             "cdk.json:1:1: must be UTF-8, got UTF-16 or UTF-32; save the file as UTF-8",
		"\x00{\x00}":                     "cdk.json:1:1: must be UTF-8, got UTF-16 or UTF-32; save the file as UTF-8",
		"{\"\ufffd\": \"\xfc\"}":         "cdk.json:1:8: must be UTF-8, got the byte 0xfc; save the file as UTF-8",
		"{\x00}\x00":                     "cdk.json:1:1: must be UTF-8, got UTF-16 or UTF-32; save the file as UTF-8",
		"{\n  \"ü\": \"\xfc\"}":          "cdk.json:2:9: must be UTF-8, got the byte 0xfc; save the file as UTF-8",
		"":                               "cdk.json:1:1: must be JSON, got unexpected end of JSON input; close what is open",
		"{\n\"a\": [1\n":                 "cdk.json:3:1: must be JSON, got unexpected end of JSON input; close what is open",
		"{\n  \"a\": 1,\n}":              "cdk.json:3:1: must be JSON, got invalid character '}' looking for beginning of object key string; drop the comma before it",
		"{\"a\": [1, ]}":                 "cdk.json:1:11: must be JSON, got invalid character ']' looking for beginning of value; drop the comma before it",
		"{\n  // dev\n  \"a\": 1}":       "cdk.json:2:3: must be JSON, got invalid character '/' looking for beginning of object key string; JSON has no comments, drop it",
		"{'a': 1}":                       "cdk.json:1:2: must be JSON, got invalid character '\\'' looking for beginning of object key string; write double quotes",
		"{\"a\": 1\n \"b\": 2}":          "cdk.json:2:2: must be JSON, got invalid character '\"' after object key:value pair; write a comma before it",
		"{\"é\": }":                      "cdk.json:1:7: must be JSON, got invalid character '}' looking for beginning of value; correct what stands there",
		"{} {}":                          "cdk.json:1:4: must be JSON, got invalid character '{' after top-level value; correct what stands there",
		strings.Repeat("[", 20_000) + "": "cdk.json:1:10001: must be JSON, got invalid character '[' exceeded max depth",
	} {
		if err := CheckJSON("cdk.json", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q\nwant %s\ngot  %v", text, want, err)
		}
	}
}

func TestWhatTheCDKLosesIsReported(t *testing.T) {
	t.Parallel()
	sound := `{"app": null, "context": {"other": null, "environments": {"dev": {"tags": {"a": "1"}}, "prod": {"tags": {"a": "2"}}}, "list": [{"a": 1}, {"a": 2}]}}`
	if err := CheckLost("cdk.json", []byte(sound)); err != nil {
		t.Error(err)
	}
	err := CheckLost("cdk.json", []byte(`{"app": "x", "app": "y", "context": {"environments": {
  "prod": {"region": "a"},
  "dev": {"tags": {"a": "1", "a": "2"}, "domainNames": [null], "account": null},
  "prod": null
}}}`))
	want := `app: is there twice (cdk.json:1:2 and cdk.json:1:14), and only the last one counts; rename or remove one
environments.dev.tags.a: is there twice (cdk.json:3:20 and cdk.json:3:30), and only the last one counts; rename or remove one
environments.dev.account: must not be null (cdk.json:3:75); drop the key for the default
environments.prod: is there twice (cdk.json:2:3 and cdk.json:4:3), and only the last one counts; rename or remove one
environments.prod: must not be null (cdk.json:4:11); write {} for an environment with every default`
	if err == nil || err.Error() != want {
		t.Errorf("want %s\ngot  %v", want, err)
	}
}

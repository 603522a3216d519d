package main

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// Every JSON field of a result is in docs/wscheck.md.
func TestTheJSONIsDocumented(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/wscheck.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(raw), "## Other formats")
	if !found {
		t.Fatal("docs/wscheck.md has no section on the formats")
	}
	names := map[string]bool{}
	jsonNames(reflect.TypeFor[result](), names)
	if !names["exitCode"] || !names["verdict"] || !names["line"] || !names["interrupted"] {
		t.Errorf("read too little: %v", names)
	}
	for name := range names {
		if !strings.Contains(section, "`"+name+"`") && !strings.Contains(section, "."+name+"`") && !strings.Contains(section, "`"+name+"[]`") {
			t.Errorf("the field %s is not documented", name)
		}
	}
}

// jsonNames collects the JSON names of a struct and of what it holds, as far as they
// are declared here.
func jsonNames(of reflect.Type, names map[string]bool) {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice:
		jsonNames(of.Elem(), names)
	case reflect.Struct:
		for i := range of.NumField() {
			field := of.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name != "" {
				names[name] = true
			}
			switch field.Type {
			case reflect.TypeFor[*answer](), reflect.TypeFor[[]likely](), reflect.TypeFor[[]timeTable]():
				continue // parts of an endpoint
			}
			if name != "report" && name != "rule" && (name != "" || field.Anonymous) {
				jsonNames(field.Type, names)
			}
		}
	}
}

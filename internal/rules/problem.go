package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Field is a setting by the name of its Go prop, from the section that it is
// part of: "Origin.ReadTimeout", "DomainNames[2]". internal/config gives each its
// key in cdk.json.
type Field string

// Key is the field of one entry of a map.
func (f Field) Key(key string) Field { return Field(fmt.Sprintf("%s[%q]", f, key)) }

// At is the field of one element of a list.
func (f Field) At(i int) Field { return Field(fmt.Sprintf("%s[%d]", f, i)) }

// A Problem is what is wrong with a field.
type Problem struct {
	// Field is empty where the section as a whole is wrong.
	Field Field
	// Reason states the rule, the value got and the fix.
	Reason error
	// Missing are the fields any of which would solve the problem by being set.
	// Whoever could not read one of them has reported the cause already.
	Missing []Field
}

// Error returns "name: reason", where spell names the field, and the fields that
// the reason mentions, as their reader knows them. at is put before the name.
func (p Problem) Error(at string, spell func(Field) string) error {
	text := p.Reason.Error()
	if r, ok := p.Reason.(reason); ok {
		text = r.spelled(spell)
	}
	name := strings.TrimSuffix(at+spell(p.Field), ".")
	if name == "" {
		return errors.New(text)
	}
	return fmt.Errorf("%s: %s", name, text)
}

// reason is an error that may mention fields: an argument that is a Field, or
// several, stands for their names.
type reason struct {
	format string
	args   []any
}

func (r reason) Error() string { return r.spelled(named) }

func (r reason) spelled(spell func(Field) string) string {
	args := slices.Clone(r.args)
	for i, arg := range args {
		switch f := arg.(type) {
		case Field:
			args[i] = spell(f)
		case []Field:
			var names []string
			for _, field := range f {
				names = append(names, spell(field))
			}
			args[i] = strings.Join(names, " and ")
		}
	}
	return fmt.Sprintf(r.format, args...)
}

// named is the name of a field in Go.
func named(f Field) string { return string(f) }

// Problems are what is wrong with a section. The sections of this package list
// them by a method of that name, whose argument is true for a value that is not
// known: a token of the CDK, or what could not be read and was reported.
type Problems []Problem

// Add notes err of field; nil is none.
func (p *Problems) Add(field Field, err error) {
	if err != nil {
		*p = append(*p, Problem{Field: field, Reason: err})
	}
}

// Addf notes what is wrong with field. An argument that is a [Field] stands for
// the name that its reader knows.
func (p *Problems) Addf(field Field, format string, args ...any) {
	*p = append(*p, Problem{Field: field, Reason: reason{format, args}})
}

// Missingf notes what is wrong with field because none of missing is set.
func (p *Problems) Missingf(field Field, missing []Field, format string, args ...any) {
	*p = append(*p, Problem{Field: field, Missing: missing, Reason: reason{format, args}})
}

// Err joins the problems, one a line, under the names of Go with at before them.
func (p Problems) Err(at string) error {
	var errs []error
	for _, problem := range p {
		errs = append(errs, problem.Error(at, named))
	}
	return errors.Join(errs...)
}

// text applies rule to a value that is set and known.
func (p *Problems) text(field Field, value string, unknown func(string) bool, rule func(string) error) {
	if value != "" && !unknown(value) {
		p.Add(field, rule(value))
	}
}

// number applies a range to a number that is set.
func (p *Problems) number(field Field, n, lo, hi int) {
	if n != 0 {
		p.Add(field, Between(n, lo, hi))
	}
}

// list applies rule to each known value, refuses those that repeat another,
// compared by fold, and more than most of them.
func (p *Problems) list(field Field, values []string, most int, fold func(string) string, unknown func(string) bool, rule func(string) error) {
	seen := map[string]bool{}
	for i, value := range values {
		if unknown(value) {
			continue
		}
		if err := rule(value); err != nil {
			p.Add(field.At(i), err)
			continue
		}
		if seen[fold(value)] {
			p.Addf(field.At(i), "repeats %q; drop one", value)
		}
		seen[fold(value)] = true
	}
	if len(values) > most {
		p.Addf(field, "must have at most %d entries, got %d; drop some", most, len(values))
	}
}

// AllKnown is the argument of Problems where no value can be unknown.
func AllKnown(string) bool { return false }

// setting is a field that may be set.
type setting struct {
	field Field
	is    bool
}

// set names the settings that are set.
func set(settings ...setting) (fields []Field) {
	for _, s := range settings {
		if s.is {
			fields = append(fields, s.field)
		}
	}
	return fields
}

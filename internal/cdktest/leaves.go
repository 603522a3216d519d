package cdktest

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

// Leaves returns the paths of all settings in a struct of settings, such as
// "DefaultBehavior.Origin.URL", sorted. name says what a field is called, or ""
// for one that is no setting. A struct of this module with exported fields is
// opened where it first occurs, behind a pointer or in a slice too; everything
// else is a leaf, a construct too.
func Leaves(of reflect.Type, name func(reflect.StructField) string) []string {
	var paths []string
	leaves(reflect.New(of).Elem(), name, func(path string, _ reflect.Value) { paths = append(paths, path) })
	slices.Sort(paths)
	return paths
}

// leaves visits the settings of v. Those behind a nil pointer or in a slice are
// visited as zero values, which is enough to name them.
func leaves(v reflect.Value, name func(reflect.StructField) string, visit func(path string, v reflect.Value)) {
	const module = "github.com/websocket-distribution/websocket-distribution/"
	opened := map[reflect.Type]bool{}
	var walk func(prefix string, v reflect.Value)
	walk = func(prefix string, v reflect.Value) {
		opened[v.Type()] = true
		for i := range v.NumField() {
			field := v.Type().Field(i)
			path := prefix + name(field)
			if field.Anonymous {
				walk(prefix, v.Field(i))
				continue
			}
			if path == prefix {
				continue
			}
			inner := field.Type
			if inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			if inner.Kind() != reflect.Struct || !strings.HasPrefix(inner.PkgPath(), module) || opened[inner] || !hasExported(inner) || isConstruct(inner) {
				visit(path, v.Field(i))
				continue
			}
			switch value := v.Field(i); {
			case field.Type == inner:
				walk(path+".", value)
			case field.Type.Kind() == reflect.Pointer && !value.IsNil():
				walk(path+".", value.Elem())
			case field.Type.Kind() == reflect.Slice && value.Len() > 0:
				walk(path+".", value.Index(0))
			default:
				walk(path+".", reflect.Zero(inner))
			}
		}
	}
	walk("", v)
}

// isConstruct reports whether t is a construct of ours rather than settings: it
// embeds the CDK's interface.
func isConstruct(t reflect.Type) bool {
	return slices.ContainsFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return f.Anonymous && f.Type.Kind() == reflect.Interface })
}

func hasExported(t reflect.Type) bool {
	return slices.ContainsFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return f.IsExported() })
}

// Prop is the name of an exported field of props, for [Leaves].
func Prop(field reflect.StructField) string {
	if !field.IsExported() {
		return ""
	}
	return field.Name
}

// Key is the key of a field in cdk.json, for [Leaves].
func Key(field reflect.StructField) string {
	if key := field.Tag.Get("json"); key != "-" {
		return key
	}
	return ""
}

// An Example of a prop is made in a stack: sound props, and what sets the one prop
// to another sound value. What the value needs, such as a certificate, is made
// before set is called, because that alone may change the template.
type Example[P any] func(stack awscdk.Stack) (props P, set func(*P))

// EachPropChangesTheTemplate checks [PropChangesTheTemplate] for each prop of P. A
// prop without an example fails.
func EachPropChangesTheTemplate[P any](t *testing.T, examples map[string]Example[P], define func(stack awscdk.Stack, props *P)) {
	t.Helper()
	paths := Leaves(reflect.TypeFor[P](), Prop)
	for _, path := range slices.Sorted(maps.Keys(examples)) {
		if !slices.Contains(paths, path) {
			t.Errorf("%s is no prop", path)
		}
	}
	for _, path := range paths {
		t.Run(path, func(t *testing.T) { PropChangesTheTemplate(t, path, examples[path], define) })
	}
}

// PropChangesTheTemplate checks that the example sets the prop at path and no
// other, and that what define makes is another template then, or has other warnings.
func PropChangesTheTemplate[P any](t testing.TB, path string, example Example[P], define func(stack awscdk.Stack, props *P)) {
	t.Helper()
	if example == nil {
		t.Fatalf("no example; add one, with a value that changes the template")
	}
	synthesized := func(change bool) (stack Stack, changed []string) {
		scope := NewStack(t)
		props, set := example(scope)
		if change {
			before := values(&props)
			set(&props)
			for path, value := range values(&props) {
				if !same(before[path], value) {
					changed = append(changed, path)
				}
			}
		}
		define(scope, &props)
		return Assembly(t, *awscdk.Stage_Of(scope).Synth(nil).Directory())[*scope.StackName()], changed
	}
	without, _ := synthesized(false)
	with, changed := synthesized(true)
	if !slices.Equal(changed, []string{path}) {
		t.Errorf("the example sets %q", changed)
	}
	if reflect.DeepEqual(with, without) {
		t.Errorf("the template is the same with it and without it")
	}
}

// same compares the CDK's objects by identity: in Go they all look alike.
func same(a, b any) bool {
	if t := reflect.TypeOf(a); t != nil && t.Kind() == reflect.Pointer {
		return a == b
	}
	return reflect.DeepEqual(a, b)
}

func values[P any](props *P) map[string]any {
	values := map[string]any{}
	leaves(reflect.ValueOf(props).Elem(), Prop, func(path string, v reflect.Value) { values[path] = v.Interface() })
	return values
}

// Set is an [Example] of a prop that needs nothing but props.
func Set[P any](props P, set func(*P)) Example[P] {
	return func(awscdk.Stack) (P, func(*P)) { return props, set }
}

package function

import (
	"fmt"

	"github.com/dop251/goja"
)

// elements are those of an array.
func elements(v goja.Value) []goja.Value {
	list, ok := v.(*goja.Object)
	if !ok || list.ClassName() != "Array" {
		return nil
	}
	var out []goja.Value
	for i := range min(list.Get("length").ToInteger(), 100) {
		out = append(out, list.Get(fmt.Sprint(i)))
	}
	return out
}

// textOf is a property as text, not set when it is not there.
func textOf(object *goja.Object, name string) Setting {
	v := object.Get(name)
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return Setting{}
	}
	return Setting{true, v.String()}
}

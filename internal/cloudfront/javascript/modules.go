package javascript

import (
	_ "embed"
	"errors"
	"sync"

	"github.com/dop251/goja"
)

//go:embed modules.js
var source string

var program = sync.OnceValue(func() *goja.Program { return goja.MustCompile("modules.js", source, false) })

// Modules are what a runtime has, made for one engine.
type Modules struct {
	// Querystring, Buffer and Crypto are the modules of these names; Buffer is nil in a
	// runtime without one.
	Querystring, Buffer, Crypto goja.Value

	vm          *goja.Runtime
	byteStrings bool
	bytes       goja.Callable
}

// Load defines the globals of a runtime and makes its modules. byteStrings says that
// bytes are text, as in runtime 1.0 of CloudFront Functions, and that there are no
// Buffer, atob, btoa, TextEncoder and TextDecoder. most is how many bytes a function
// may ask for at one stroke.
func Load(vm *goja.Runtime, byteStrings bool, most float64) *Modules {
	m := &Modules{vm: vm, byteStrings: byteStrings}
	native := vm.NewObject()
	_ = native.Set("encode", func(text, encoding string) goja.Value {
		raw, err := toBytes(text, encoding)
		if err != nil {
			panic(vm.NewTypeError("%v", err))
		}
		return vm.ToValue(vm.NewArrayBuffer(raw))
	})
	_ = native.Set("decode", func(raw goja.ArrayBuffer, encoding string) string {
		text, err := fromBytes(raw.Bytes(), encoding)
		if err != nil {
			panic(vm.NewTypeError("%v", err))
		}
		return text
	})
	_ = native.Set("room", func(size float64) {
		if !(size <= most) {
			panic(vm.NewGoError(errors.New("memory limit")))
		}
	})
	load, _ := goja.AssertFunction(must(vm.RunProgram(program())))
	object := must(load(goja.Undefined(), native, vm.ToValue(byteStrings))).(*goja.Object)
	m.Querystring, m.Buffer = object.Get("querystring"), object.Get("buffer")
	m.bytes, _ = goja.AssertFunction(object.Get("bytes"))
	m.Crypto = crypto(vm, m.Bytes)
	return m
}

// must is a value of modules.js, which does not fail.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// Bytes are bytes as the runtime hands them out: a Buffer, or a byte string.
func (m *Modules) Bytes(raw []byte) goja.Value {
	buffer := m.vm.ToValue(m.vm.NewArrayBuffer(raw))
	if m.byteStrings {
		buffer = must(m.vm.New(m.vm.Get("Uint8Array"), buffer))
	}
	return must(m.bytes(goja.Undefined(), buffer))
}

package javascript

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"hash"

	"github.com/dop251/goja"
)

// crypto is the module of the same name, as CloudFront Functions have it: createHash
// and createHmac with md5, sha1 and sha256. handOut makes bytes what the runtime gives.
func crypto(vm *goja.Runtime, handOut func(raw []byte) goja.Value) goja.Value {
	algorithm := func(name string) func() hash.Hash {
		switch name {
		case "md5":
			return md5.New
		case "sha1":
			return sha1.New
		case "sha256":
			return sha256.New
		}
		panic(vm.NewTypeError("algorithm %q is not supported", name))
	}
	wrap := func(h hash.Hash) goja.Value {
		object, digested := vm.NewObject(), false
		_ = object.Set("update", func(call goja.FunctionCall) goja.Value {
			if digested {
				panic(vm.NewTypeError("Digest already called"))
			}
			h.Write(taken(call.Argument(0)))
			return object
		})
		_ = object.Set("digest", func(call goja.FunctionCall) goja.Value {
			if digested {
				panic(vm.NewTypeError("Digest already called"))
			}
			digested = true
			sum := h.Sum(nil)
			if goja.IsUndefined(call.Argument(0)) {
				return handOut(sum)
			}
			encoding := call.Argument(0).String()
			if encoding != "hex" && encoding != "base64" && encoding != "base64url" {
				panic(vm.NewTypeError("%v", errEncoding(encoding)))
			}
			text, _ := fromBytes(sum, encoding)
			return vm.ToValue(text)
		})
		return object
	}
	module := vm.NewObject()
	_ = module.Set("createHash", func(name string) goja.Value { return wrap(algorithm(name)()) })
	_ = module.Set("createHmac", func(call goja.FunctionCall) goja.Value {
		return wrap(hmac.New(algorithm(call.Argument(0).String()), taken(call.Argument(1))))
	})
	return module
}

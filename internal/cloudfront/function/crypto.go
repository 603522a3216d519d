package function

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"

	"github.com/dop251/goja"
)

// crypto is the runtime's module of the same name: createHash and createHmac
// with md5, sha1 and sha256.
func (m *machine) crypto() goja.Value {
	vm := m.vm
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
		object := vm.NewObject()
		_ = object.Set("update", func(call goja.FunctionCall) goja.Value {
			h.Write([]byte(call.Argument(0).String()))
			return object
		})
		_ = object.Set("digest", func(call goja.FunctionCall) goja.Value {
			sum := h.Sum(nil)
			switch call.Argument(0).String() {
			case "hex":
				return vm.ToValue(hex.EncodeToString(sum))
			case "base64":
				return vm.ToValue(base64.StdEncoding.EncodeToString(sum))
			case "base64url":
				return vm.ToValue(base64.RawURLEncoding.EncodeToString(sum))
			}
			panic(vm.NewTypeError("digest takes hex, base64 or base64url here"))
		})
		return object
	}
	module := vm.NewObject()
	_ = module.Set("createHash", func(name string) goja.Value { return wrap(algorithm(name)()) })
	_ = module.Set("createHmac", func(name, key string) goja.Value { return wrap(hmac.New(algorithm(name), []byte(key))) })
	return module
}

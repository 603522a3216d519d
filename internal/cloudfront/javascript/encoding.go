package javascript

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/dop251/goja"
)

// taken are the bytes of what a function hands in: text in UTF-8, or a view of bytes.
func taken(v goja.Value) []byte {
	switch raw := v.Export().(type) {
	case []byte:
		return raw
	case goja.ArrayBuffer:
		return raw.Bytes()
	}
	if object, ok := v.(*goja.Object); ok {
		if buffer, ok := object.Get("buffer").(*goja.Object); ok {
			if raw, ok := buffer.Export().(goja.ArrayBuffer); ok {
				offset, length := object.Get("byteOffset").ToInteger(), object.Get("byteLength").ToInteger()
				return raw.Bytes()[offset : offset+length]
			}
		}
	}
	return []byte(v.String())
}

// toBytes reads text in one of the encodings of Buffer. What is no character of the
// encoding ends it, as in the runtime.
func toBytes(text, encoding string) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "utf8", "utf-8":
		return []byte(text), nil
	case "hex":
		n := 0
		for n < len(text) && strings.IndexByte("0123456789abcdefABCDEF", text[n]) >= 0 {
			n++
		}
		return hex.DecodeString(text[:n&^1])
	case "base64", "base64url":
		text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
		n := 0
		for n < len(text) && (isLetterOrDigit(text[n]) || text[n] == '+' || text[n] == '/') {
			n++
		}
		if n%4 == 1 {
			n--
		}
		return base64.RawStdEncoding.DecodeString(text[:n])
	}
	return nil, errEncoding(encoding)
}

func isLetterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// fromBytes writes bytes in one of the encodings of Buffer.
func fromBytes(raw []byte, encoding string) (string, error) {
	switch strings.ToLower(encoding) {
	case "utf8", "utf-8":
		return strings.ToValidUTF8(string(raw), "\ufffd"), nil
	case "hex":
		return hex.EncodeToString(raw), nil
	case "base64":
		return base64.StdEncoding.EncodeToString(raw), nil
	case "base64url":
		return base64.RawURLEncoding.EncodeToString(raw), nil
	}
	return "", errEncoding(encoding)
}

func errEncoding(name string) error { return fmt.Errorf("unknown encoding %.40q", name) }

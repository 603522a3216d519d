package cfn

import (
	"math"
	"strconv"
	"strings"
)

// Object is a decoded JSON object, nil for any other value.
func Object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// List is a decoded JSON array, nil for any other value.
func List(v any) []any {
	l, _ := v.([]any)
	return l
}

// noValue stands for {"Ref": "AWS::NoValue"}: the property is not there.
type noValue struct{}

// Text is the text that CloudFormation makes of a value.
func Text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return "" // an object or a list is no text
}

// short is a message without the length that a hostile name can give it.
func short(message string) string {
	const most = 400
	if len(message) <= most {
		return message
	}
	return strings.ToValidUTF8(message[:most], "") + "..."
}

// Number is the number that a value is, or that its text says.
func Number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case string:
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	return 0, false
}

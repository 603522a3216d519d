package apigateway

import "testing"

func TestTheRouteSelectionExpressionIsEvaluated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expression, message, want string }{
		{"$request.body.action", `{"action":"a"}`, "a"},
		{"${request.body.action}", `{"action":"a"}`, "a"},
		{"$request.body.meta.type", `{"meta":{"type":"b"}}`, "b"},
		{"$request.body.n", `{"n":3}`, "3"},
		{"$request.body.action", `{}`, ""},
		{"$request.body.action", `[]`, ""},
		{"$other", `{}`, ""},
	} {
		if got, err := selectRoute(c.expression, []byte(c.message)); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s of %s = %q, %v; want %q", c.expression, c.message, got, err, c.want)
		}
	}
}

package edge

import (
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// run runs the function that is deployed for these settings on a viewer's
// request, as CloudFront does, and returns the request it hands on.
func (s functionSettings) run(t *testing.T, uri string) map[string]any {
	t.Helper()
	js := goja.New()
	if _, err := js.RunString(s.code()); err != nil {
		t.Fatal(err)
	}
	handler, ok := goja.AssertFunction(js.Get("handler"))
	if !ok {
		t.Fatal("the code defines no handler")
	}
	result, err := handler(goja.Undefined(), js.ToValue(map[string]any{
		"request": map[string]any{"method": "GET", "uri": uri},
	}))
	if err != nil {
		t.Fatal(err)
	}
	return result.Export().(map[string]any)
}

func TestThePathOfTheBehaviorIsTakenOff(t *testing.T) {
	for uri, want := range map[string]string{
		"/ws":        "/",
		"/ws/":       "/",
		"/ws/rooms":  "/rooms",
		"/ws//rooms": "//rooms",
		"/ws/ws":     "/ws",
		"/wsx":       "/wsx",
		"/":          "/",
		"/x/ws":      "/x/ws",
	} {
		if got := (functionSettings{Prefix: "/ws"}).run(t, uri)["uri"]; got != want {
			t.Errorf("%s: want %s, got %v", uri, want, got)
		}
	}
}

func TestSettingsCannotLeaveTheirPlaceInTheCode(t *testing.T) {
	hostile := functionSettings{Prefix: `/"};throw 1;//</script>`}
	if got := hostile.run(t, hostile.Prefix+"/x")["uri"]; got != "/x" {
		t.Errorf("want /x, got %v", got)
	}
}

// CloudFront takes 10,240 bytes; half of that is ours, so that settings have
// room.
func TestTheCodeIsSmall(t *testing.T) {
	code := functionSettings{Prefix: "/" + strings.Repeat("x", 252)}.code()
	t.Logf("%d bytes of 10240", len(code))
	if len(code) > 5120 {
		t.Errorf("want at most 5120 bytes, got %d", len(code))
	}
}

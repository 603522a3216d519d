package function

import (
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

func TestTheRuntimeIsChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		runtime string
		stores  int
		want    int
	}{{"cloudfront-js-2.0", 1, 0}, {"cloudfront-js-1.0", 0, 0}, {"cloudfront-js-1.0", 1, 1}, {"cloudfront-js-3.0", 0, 1}, {"", 0, 1}} {
		f := read(t, "function handler(event) { return event.request; }")
		f.Runtime, f.Stores = c.runtime, c.stores
		var found trace.Findings
		f.Check(&found)
		if len(found) != c.want || c.want == 1 && found[0].Rule.ID != "function.runtime" {
			t.Errorf("%q with %d stores: %v", c.runtime, c.stores, found)
		}
	}
}

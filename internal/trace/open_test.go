package trace

import (
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

func TestARefusalThatRestsOnWhatIsOpenIsUndecided(t *testing.T) {
	t.Parallel()
	request, origin := Open{Place: "P", Reason: "the code is elsewhere", Fix: "look"}, Open{Reason: "it may go elsewhere", Origin: true}
	at := func(layer rules.Layer) *Refusal {
		return Refuse(rules.Rule{ID: "x", Status: 403, Layer: layer}, "Q", "refused")
	}
	for _, tt := range []struct {
		name    string
		open    []Open
		refusal *Refusal
		decided bool
	}{
		{"nothing open", nil, at(rules.LayerStage), true},
		{"the API refuses", []Open{request}, at(rules.LayerStage), false},
		{"the route refuses", []Open{request}, at(rules.LayerRoute), false},
		{"the origin cannot be reached", []Open{request}, at(rules.LayerOrigin), true},
		{"the origin cannot be reached, and may be another", []Open{request, origin}, at(rules.LayerOrigin), false},
		{"the viewer's name is not served", []Open{origin}, at(rules.LayerViewer), true},
		{"the behavior refuses", []Open{origin}, at(rules.LayerBehavior), true},
		{"the deploy fails", []Open{origin}, at(rules.LayerDeploy), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			trace := Trace{}
			for _, open := range tt.open {
				trace.Leave(open)
			}
			got := trace.Decide(tt.refusal)
			if tt.decided {
				if got != tt.refusal {
					t.Errorf("got %+v, want the refusal itself", got)
				}
				return
			}
			last := tt.open[len(tt.open)-1]
			if got.Status != 0 || got.Rule.ID != Unresolved.ID || got.Layer != rules.LayerFunction || !strings.Contains(got.Reason, last.Reason) || !strings.Contains(got.Reason, "403: refused") || got.Fix != last.Fix {
				t.Errorf("got %+v, want it undecided for %q", got, last.Reason)
			}
		})
	}
	trace := Trace{}
	trace.Leave(origin)
	if trace.Decide(nil) != nil {
		t.Error("no refusal became one")
	}
}

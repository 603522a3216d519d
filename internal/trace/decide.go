package trace

import "github.com/websocket-distribution/websocket-distribution/internal/rules"

// Leave remembers something that is open.
func (t *Trace) Leave(open Open) { t.open = append(t.open, open) }

// Decide is a refusal as far as it can be said: one that rests on what is open before
// it is undecided. A deploy that fails, fails all the same, and so does what is before
// the edge functions.
func (t *Trace) Decide(r *Refusal) *Refusal {
	if r == nil || r.Status == 0 || r.Layer == rules.LayerDeploy || r.Rule.Layer == rules.LayerDeploy {
		return r
	}
	for _, open := range t.open {
		switch {
		case r.Layer == rules.LayerViewer, r.Layer == rules.LayerBehavior:
		case r.Layer == rules.LayerOrigin && !open.Origin:
		default:
			undecided := Refuse(Unresolved, open.Place, "cannot decide: %s; if that changes nothing, the answer is %d: %s", open.Reason, r.Status, r.Reason)
			undecided.Layer, undecided.Fix = rules.LayerFunction, open.Fix
			return undecided
		}
	}
	return r
}

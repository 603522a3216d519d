package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// plainRules refuse ws:// because it is ws://.
var plainRules = []string{"edge.viewer-protocol", "edge.viewer-protocol-redirect"}

// judgePlain judges the handshake over ws://. It must be refused because it is ws://:
// another reason proves nothing.
func judgePlain(plain *handshake.Report) check {
	k := check{Name: "ws:// refused"}
	switch refusal := plain.Refusal; {
	case refusal == nil:
		k.Result, k.Text = fails, "ws:// gets through: tokens, cookies and messages travel in the clear"
	case slices.Contains(plainRules, refusal.Rule.ID):
		k.Result, k.Text = ok, fmt.Sprintf("%d by CloudFront", plain.Status)
	default:
		k.Result, k.Text = notProven, "ended for another reason than the viewer protocol policy: "+trace.Printable(refusal.Reason)
	}
	return k
}

// lockRules refuse a client because it does not come through the distribution.
var lockRules = []string{"api.key", "api.iam", "api.authorizer", "api.identity-source"}

// judgeDirect judges the handshake with the API that goes around the distribution.
// edge is the one that goes through it with the same headers.
func judgeDirect(direct, edge *handshake.Report, locked bool) check {
	k := check{Name: "direct access refused"}
	external := slices.ContainsFunc(direct.Notes, func(n handshake.Note) bool { return n.Rule.ID == "api.external" })
	switch refusal := direct.Refusal; {
	case refusal == nil && locked:
		k.Result, k.Text = notProven, "the authorizer lets the client in with and without the distribution"
	case refusal == nil && external:
		k.Result = notProven
		k.Text = "the template does not define the API; if its $connect asks for an API key, give --api-key " + host(direct) + "=KEY"
	case refusal == nil:
		k.Result, k.Name = info, "direct access"
		k.Text = "$connect asks for neither a key nor an authorizer: clients can go around the distribution"
	case !slices.Contains(lockRules, refusal.Rule.ID):
		k.Result, k.Text = notProven, "ended for another reason than a lock: "+trace.Printable(refusal.Reason)
	case edge.Outcome != handshake.Accepted && refusal.Rule.ID != "api.key" && refusal.Rule.ID != "api.iam":
		k.Result, k.Text = notProven, "the authorizer refuses with and without the distribution: "+trace.Printable(refusal.Reason)
	default:
		k.Result, k.Text = ok, fmt.Sprintf("%d by API Gateway: %s", direct.Status, trace.Printable(refusal.Reason))
	}
	return k
}

// host is the host that a handshake asked for.
func host(r *handshake.Report) string {
	_, rest, _ := strings.Cut(r.Request, "://")
	name, _, _ := strings.Cut(rest, "/")
	return trace.Printable(name)
}

package cloudfront

import (
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/waf"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// firewall plays the web ACL on the handshake: the distribution's, or a tenant's own.
func (d *Distribution) firewall(v *ViewerRequest, t *trace.Trace) (*trace.Refusal, *wire.Response) {
	acl, arn := d.acl, d.webACL
	if n := d.tenantOf(v.Host); n != nil && n.ownACL {
		acl, arn = n.acl, n.webACL
	}
	if acl == nil {
		if arn != "" {
			t.Note(WebACLNotPlayed, "the web ACL is outside the template: its rules are not played")
		}
		return nil, nil
	}
	verdict := acl.Play(&waf.Request{Method: v.Method, Host: v.Host, Path: v.Path, Query: v.Query, Header: v.Header, IP: v.IP, Country: v.Country, Exact: v.Exact})
	for _, n := range verdict.Notes {
		t.Note(n.Rule, "%s", n.Text)
	}
	if verdict.Refusal != nil && verdict.Response == nil {
		return verdict.Refusal, Answer(verdict.Refusal)
	}
	return verdict.Refusal, verdict.Response
}

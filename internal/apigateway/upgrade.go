package apigateway

import (
	"encoding/base64"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// checkUpgrade applies the rules api.upgrade and api.websocket-headers.
func checkUpgrade(q *Request) *trace.Refusal {
	if !wire.Upgrades(q.Header) {
		return trace.Refuse(Upgrade, "", "the request is not a WebSocket upgrade")
	}
	var missing []string
	dropped := false
	for _, name := range []string{"Sec-WebSocket-Key", "Sec-WebSocket-Version"} {
		if q.Header.Get(name) == "" {
			missing = append(missing, name)
			dropped = dropped || q.Via != nil && q.Via.DroppedHeaders[strings.ToLower(name)]
		}
	}
	if len(missing) > 0 {
		refusal := trace.Refuse(WebSocketHeaders, "", "%s did not reach API Gateway", strings.Join(missing, " and "))
		if dropped {
			refusal.Place = q.Via.BehaviorPlace + ".OriginRequestPolicyId"
			refusal.Reason += ": " + q.Via.Policy + " does not forward it"
			refusal.Fixed("list Sec-WebSocket-Key, -Version, -Protocol, -Accept and -Extensions in an origin request policy")
		}
		return refusal
	}
	if v := q.Header.Get("Sec-WebSocket-Version"); v != "13" {
		return trace.Refuse(WebSocketHeaders, "", "Sec-WebSocket-Version is %q, not 13", trace.Short(v))
	}
	if key, err := base64.StdEncoding.DecodeString(q.Header.Get("Sec-WebSocket-Key")); err != nil || len(key) != 16 {
		return trace.Refuse(WebSocketHeaders, "", "Sec-WebSocket-Key is not 16 bytes in base64")
	}
	return nil
}

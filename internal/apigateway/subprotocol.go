package apigateway

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// subprotocol is the one that a $connect integration answers with.
func subprotocol(answer events.APIGatewayProxyResponse) string {
	for name, value := range answer.Headers {
		if http.CanonicalHeaderKey(name) == "Sec-Websocket-Protocol" && wire.ValidHeaderValue(value) {
			return value
		}
	}
	return ""
}

// checkSubprotocol applies rule api.subprotocol.
func checkSubprotocol(answered string, a *API, connect *route, q *Request) *trace.Refusal {
	asked := wire.List(q.Header, "Sec-WebSocket-Protocol")
	switch {
	case q.Via != nil && q.Via.DroppedHeaders["sec-websocket-protocol"]:
		return trace.Refuse(Subprotocol, q.Via.BehaviorPlace+".OriginRequestPolicyId",
			"the answer is 101 without a subprotocol, so browsers close the connection: %s does not forward Sec-WebSocket-Protocol", q.Via.Policy).
			Fixed("list Sec-WebSocket-Protocol in the origin request policy")
	case len(asked) > 0 && answered == "":
		refusal := trace.Refuse(Subprotocol, "",
			"the client asks for the subprotocol %s and the $connect integration answers without one, so browsers close the connection", strings.Join(asked, ", "))
		if i := a.integrationOf(connect); i.mock() {
			if i.subprotocol != "" {
				return nil // mapped from something that is not played
			}
			refusal.Place = i.place
			refusal.Fixed("give $connect a Lambda integration that returns Sec-WebSocket-Protocol")
		}
		return refusal
	case answered != "" && !slices.Contains(asked, answered):
		return trace.Refuse(Subprotocol, "", "the $connect integration answers with the subprotocol %q, for which the client did not ask", trace.Short(answered))
	}
	return nil
}

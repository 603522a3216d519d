package apigateway

import (
	"maps"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Event is what a Lambda function on a route sees.
type Event = events.APIGatewayWebsocketProxyRequest

// connectEvent makes the event of a handshake that came to $connect. Only this one
// has headers and query strings; there is no path.
func connectEvent(a *API, stage string, q *Request, id string, now time.Time) *Event {
	e := &Event{
		Headers:           map[string]string{},
		MultiValueHeaders: map[string][]string{},
		RequestContext: events.APIGatewayWebsocketProxyRequestContext{
			RouteKey: "$connect", EventType: "CONNECT", MessageDirection: "IN", Stage: stage,
			ExtendedRequestID: id, RequestID: id, ConnectionID: id, APIID: strings.Split(a.host, ".")[0],
			RequestTime: clock(now), ConnectedAt: now.UnixMilli(),
			RequestTimeEpoch: now.UnixMilli(), DomainName: q.Host,
			Identity: events.APIGatewayRequestIdentity{SourceIP: q.Peer, UserAgent: q.Header.Get("User-Agent")},
		},
	}
	for name, values := range q.Header {
		switch name {
		case "Connection", "Upgrade", "X-Forwarded-For":
			continue
		}
		if len(values) == 0 {
			continue
		}
		name = wire.HeaderName(name)
		e.Headers[name] = values[len(values)-1]
		e.MultiValueHeaders[name] = values
	}
	forwarded := append(q.Header.Values("X-Forwarded-For"), q.Peer)
	for name, value := range map[string]string{"Host": q.Host, "X-Forwarded-For": strings.Join(forwarded, ", "),
		"X-Forwarded-Port": "443", "X-Forwarded-Proto": "https"} {
		e.Headers[name] = value
		e.MultiValueHeaders[name] = []string{value}
	}
	for _, pair := range wire.ParseQuery(q.Query) {
		name, value := wire.Unescape(pair.Name), wire.Unescape(pair.Value)
		if e.QueryStringParameters == nil {
			e.QueryStringParameters = map[string]string{}
			e.MultiValueQueryStringParameters = map[string][]string{}
		}
		e.QueryStringParameters[name] = value
		e.MultiValueQueryStringParameters[name] = append(e.MultiValueQueryStringParameters[name], value)
	}
	return e
}

// authorizerEvent is what a REQUEST authorizer of $connect sees of the same
// handshake.
func authorizerEvent(e *Event, region, account string) events.APIGatewayCustomAuthorizerRequestTypeRequest {
	c := e.RequestContext
	return events.APIGatewayCustomAuthorizerRequestTypeRequest{
		Type:      "REQUEST",
		MethodArn: "arn:aws:execute-api:" + region + ":" + account + ":" + c.APIID + "/" + c.Stage + "/$connect",
		Headers:   maps.Clone(e.Headers), MultiValueHeaders: maps.Clone(e.MultiValueHeaders),
		QueryStringParameters:           maps.Clone(e.QueryStringParameters),
		MultiValueQueryStringParameters: maps.Clone(e.MultiValueQueryStringParameters),
		RequestContext: events.APIGatewayCustomAuthorizerRequestTypeRequestContext{
			Stage: c.Stage, RequestID: c.RequestID, APIID: c.APIID, AccountID: account,
			Identity: events.APIGatewayCustomAuthorizerRequestTypeRequestIdentity{SourceIP: c.Identity.SourceIP},
		},
	}
}

// laterEvent is the event of a message or of the end of a connection.
func laterEvent(connect *Event, kind, route, id, body string, now time.Time) Event {
	c := connect.RequestContext
	c.RouteKey, c.EventType, c.RequestID, c.ExtendedRequestID = route, kind, id, id
	c.RequestTime, c.RequestTimeEpoch = clock(now), now.UnixMilli()
	if kind == "MESSAGE" {
		c.MessageID = id
	}
	return Event{RequestContext: c, Body: body}
}

// clock is a time as API Gateway writes it.
func clock(now time.Time) string { return now.UTC().Format("02/Jan/2006:15:04:05 +0000") }

package apigateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// Connection is an open connection to an API.
type Connection struct {
	api      *API
	event    *Event // that of $connect
	backend  *Backend
	messages atomic.Int64
}

// Open makes a connection of a handshake that was admitted.
func Open(admission *Admission, backend *Backend) *Connection {
	return &Connection{api: admission.API, event: admission.Event, backend: backend}
}

// Message plays one message: it returns what the client is sent, nil for nothing,
// and notes what was left out.
func (c *Connection) Message(ctx context.Context, message []byte, t *trace.Trace) []byte {
	a := c.api
	id := c.event.RequestContext.ConnectionID
	key, err := selectRoute(a.selection, message)
	r := a.route(key)
	if err != nil || r == nil {
		r = a.route("$default")
	}
	if r == nil || key == "$connect" || key == "$disconnect" {
		if a.external && c.backend.Handler != nil {
			return c.handle(ctx, &route{key: key, twoWay: true}, message)
		}
		if !a.external {
			t.Note(MessageRoute, "a message goes to no route: the API has neither the one that it names nor $default")
			return failure("Forbidden", id)
		}
		return nil
	}
	i := a.integrationOf(r)
	if !i.mock() {
		if c.backend.Handler == nil {
			return nil
		}
		return c.handle(ctx, r, message)
	}
	if !r.twoWay {
		return nil
	}
	if _, err := i.mockStatus(); err != nil && !errors.Is(err, errRendered) {
		return failure("Internal server error", id)
	}
	text, ok := pick(i.responses, "")
	if !ok {
		t.Note(Mock, "route %s has no response template; AWS does not document what a MOCK integration sends then, so nothing is sent", r.key)
		return nil
	}
	if strings.ContainsAny(text, "$#") {
		t.Note(MockTemplate, "the response template of route %s is VTL, which is not rendered here, so nothing is sent", r.key)
		return nil
	}
	return []byte(text)
}

// handle calls the integration of a route.
func (c *Connection) handle(ctx context.Context, r *route, message []byte) []byte {
	id := fmt.Sprintf("%s-%d", c.event.RequestContext.ConnectionID, c.messages.Add(1))
	answer, err := c.backend.Handler(ctx, laterEvent(c.event, "MESSAGE", r.key, id, string(message), c.backend.Now()))
	if err != nil {
		return failure("Internal server error", c.event.RequestContext.ConnectionID)
	}
	if !r.twoWay || answer.Body == "" {
		return nil
	}
	return []byte(answer.Body)
}

// Close ends the connection: $disconnect is told.
func (c *Connection) Close(ctx context.Context) {
	r := c.api.route("$disconnect")
	if i := c.api.integrationOf(r); i == nil || i.mock() || c.backend.Handler == nil {
		return
	}
	id := c.event.RequestContext.ConnectionID + "-end"
	// API Gateway makes the call at best and does not look at the answer.
	_, _ = c.backend.Handler(ctx, laterEvent(c.event, "DISCONNECT", r.key, id, "", c.backend.Now()))
}

// selectRoute evaluates a route selection expression of the form
// $request.body.name or ${request.body.name}, the ones in use.
func selectRoute(expression string, message []byte) (string, error) {
	path, ok := strings.CutPrefix(expression, "$request.body.")
	if !ok {
		if path, ok = strings.CutPrefix(expression, "${request.body."); !ok {
			return "", errors.New("selection expression is not of the form $request.body.name")
		}
		path = strings.TrimSuffix(path, "}")
	}
	var body any
	if err := json.Unmarshal(message, &body); err != nil {
		return "", err
	}
	for name := range strings.SplitSeq(path, ".") {
		body = cfn.Object(body)[name]
	}
	if body == nil {
		return "", errors.New("the message does not have it")
	}
	return cfn.Text(body), nil
}

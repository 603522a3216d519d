package handshake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/coder/websocket"
)

// converse answers messages on an open connection until it closes.
func (s *Server) converse(ctx context.Context, conn *websocket.Conn, a *api, connectionID string) {
	for {
		kind, message, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if reply := s.reply(a, message, connectionID); reply != nil {
			if err := conn.Write(ctx, kind, reply); err != nil {
				return
			}
		}
	}
}

// reply is what a message is answered with; nil for nothing.
func (s *Server) reply(a *api, message []byte, connectionID string) []byte {
	key, err := selectRoute(a.selection, message)
	r := a.route(key)
	if err != nil || r == nil {
		r = a.route("$default")
	}
	if r == nil || key == "$connect" || key == "$disconnect" {
		if a.external {
			if s.engine.options.Message != nil {
				return s.engine.options.Message(key, message)
			}
			return nil
		}
		s.note("api.route", "a message goes to no route: the API has neither the one that it names nor $default")
		return fmt.Appendf(nil, `{"message": "Forbidden", "connectionId": %q, "requestId": %q}`, connectionID, connectionID)
	}
	i := a.integrations[r.target]
	if i == nil || i.kind != "MOCK" {
		if s.engine.options.Message != nil {
			return s.engine.options.Message(r.key, message)
		}
		return nil
	}
	if !r.twoWay {
		return nil
	}
	if _, err := i.mockStatus(); err != nil {
		return fmt.Appendf(nil, `{"message": "Internal server error", "connectionId": %q, "requestId": %q}`, connectionID, connectionID)
	}
	text, ok := i.pick(i.responses)
	if !ok {
		s.note("api.mock", "route "+r.key+" has no response template; what a MOCK integration sends then is not documented, so nothing is sent")
		return nil
	}
	if strings.Contains(text, "$") || strings.Contains(text, "#") {
		s.note("api.mock-template", "the response template of route "+r.key+" is VTL, which is not rendered here, so nothing is sent")
		return nil
	}
	return []byte(text)
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
	for _, name := range strings.Split(path, ".") {
		body = object(body)[name]
	}
	if body == nil {
		return "", errors.New("the message does not have it")
	}
	return scalar(body), nil
}

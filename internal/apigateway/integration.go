package apigateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

func (i *integration) mock() bool { return i != nil && i.kind == "MOCK" }

// connect gives the answer of the $connect integration.
func connect(ctx context.Context, a *API, route *route, event *Event, backend *Backend, t *trace.Trace) (events.APIGatewayProxyResponse, *trace.Refusal) {
	i := a.integrationOf(route)
	if i.mock() {
		status, err := i.mockStatus()
		if err != nil {
			return events.APIGatewayProxyResponse{}, trace.Refuse(Mock, i.place+".RequestTemplates", "the MOCK integration of $connect %v", err)
		}
		if status < 200 || status > 299 {
			refusal := trace.Refuse(Connect, i.place+".RequestTemplates", "the MOCK integration of $connect gives the status %d", status)
			refusal.Status = status
			return events.APIGatewayProxyResponse{}, refusal.Fixed("set statusCode to 200")
		}
		return events.APIGatewayProxyResponse{StatusCode: status}, nil
	}
	if backend.Handler == nil || route == nil {
		if route != nil && (i != nil || a.external) {
			t.Note(Connect, "assumed: the $connect integration answers 200")
		}
		return events.APIGatewayProxyResponse{StatusCode: http.StatusOK}, nil
	}
	place := ""
	if i != nil {
		place = i.place
	}
	answer, err := backend.Handler(ctx, *event)
	switch {
	case err != nil:
		return answer, trace.Refuse(ConnectFails, place, "the $connect integration fails: %s", trace.FirstLine(err.Error()))
	case answer.StatusCode < 100 || answer.StatusCode > 599:
		return answer, trace.Refuse(ConnectFails, place, "the $connect integration answers with the status %d, which is none", answer.StatusCode).
			Fixed("return StatusCode 200")
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		refusal := trace.Refuse(Connect, place, "the $connect integration answers %d", answer.StatusCode)
		refusal.Status = answer.StatusCode
		return answer, refusal
	}
	return answer, nil
}

// mockStatus is the statusCode of a MOCK integration's request template.
func (i *integration) mockStatus() (int, error) {
	template, ok := pick(i.requests)
	if !ok {
		return 0, errors.New("has no request template")
	}
	var body struct {
		StatusCode json.Number `json:"statusCode"`
	}
	if err := json.Unmarshal([]byte(template), &body); err != nil {
		return 0, errors.New("has a request template that gives no JSON with a statusCode")
	}
	status, err := body.StatusCode.Int64()
	if err != nil || status < 100 || status > 599 {
		return 0, errors.New("has a request template without a statusCode")
	}
	return int(status), nil
}

// pick chooses a template: $default, else the only one there is.
func pick(templates map[string]string) (string, bool) {
	if text, ok := templates["$default"]; ok {
		return text, true
	}
	if len(templates) == 1 {
		for _, text := range templates {
			return text, true
		}
	}
	text, ok := templates["application/json"]
	return text, ok
}

// unknownRoute is the layer of a route whose properties are not known.
func unknownRoute(r *route) *trace.Refusal { return trace.Undecided(rules.LayerRoute, r.problem) }

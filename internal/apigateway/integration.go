package apigateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/websocket-distribution/websocket-distribution/internal/lambda"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

func (i *integration) mock() bool { return i != nil && i.kind == "MOCK" }

// connect gives the answer of the $connect integration. A route may have none: then
// API Gateway accepts by itself.
func connect(ctx context.Context, a *API, route *route, stage string, event *Event, backend *Backend, t *trace.Trace) (events.APIGatewayProxyResponse, *trace.Refusal) {
	i := a.integrationOf(route)
	if i != nil {
		if refusal := checkIntegration(a, i, a.stage(stage), "$connect"); refusal != nil {
			return events.APIGatewayProxyResponse{}, refusal
		}
	}
	if i.mock() {
		answer := events.APIGatewayProxyResponse{StatusCode: http.StatusOK}
		if _, err := i.mockStatus(); errors.Is(err, errRendered) {
			t.Note(MockTemplate, "the request template of the MOCK integration of $connect is VTL, which is not rendered here; assumed: its statusCode is 200")
		}
		if text, ok := quoted(i.subprotocol); ok {
			answer.Headers = map[string]string{"Sec-WebSocket-Protocol": text}
		}
		return answer, nil
	}
	if backend.Handler == nil || route == nil {
		switch {
		case route == nil || route.target == "" && !a.external:
		case i != nil && lambdaOf(a, i.call) != nil:
			t.Note(Connect, "assumed: the $connect integration answers 200; the code of function %s is not run", lambdaOf(a, i.call).ID)
		default:
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

// checkIntegration says why an integration cannot answer a route; nil where nothing
// speaks against it.
func checkIntegration(a *API, i *integration, stage *stage, key string) *trace.Refusal {
	if i.problem != nil {
		return trace.Undecided(rules.LayerRoute, i.problem)
	}
	switch {
	case i.mock():
		status, err := i.mockStatus()
		switch {
		case errors.Is(err, errRendered):
		case err != nil:
			return trace.Refuse(Mock, i.place+".RequestTemplates", "the MOCK integration of %s %v", key, err)
		case key == "$connect" && (status < 200 || status > 299):
			refusal := trace.Refuse(Connect, i.place+".RequestTemplates", "the MOCK integration of $connect gives the status %d", status)
			refusal.Status = status
			return refusal.Fixed("set statusCode to 200")
		}
	case i.passthrough == "NEVER" && !strings.HasSuffix(i.kind, "_PROXY") && len(i.requests) == 0 && !i.call.open:
		return trace.Refuse(Passthrough, i.place+".PassthroughBehavior", "the integration of %s has PassthroughBehavior NEVER and no request template, so it takes nothing", key)
	case i.method != "" && i.method != "POST" && lambda.OfURI(i.call.uri) != "":
		return trace.Refuse(LambdaMethod, i.place+".IntegrationMethod", "the integration of %s calls Lambda with %s", key, i.method)
	}
	name := "*"
	if stage != nil {
		name = stage.name
	}
	return checkCall(a, i.call, stage, name+"/"+key)
}

// quoted is the text of a static value in a parameter mapping, 'text'.
func quoted(mapping string) (string, bool) {
	text, ok := strings.CutPrefix(mapping, "'")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(text, "'")
}

// errRendered says that a request template has to be rendered to know its statusCode.
var errRendered = errors.New("has a request template that is VTL")

// statusCode finds the status in a request template, which API Gateway reads less
// strictly than JSON.
var statusCode = regexp.MustCompile(`["']?statusCode["']?\s*:\s*["']?([0-9]+)["']?\s*[,}]`)

// mockStatus is the statusCode of a MOCK integration's request template.
func (i *integration) mockStatus() (int, error) {
	template, ok := pick(i.requests, i.selection)
	if !ok {
		return 0, errors.New("has no request template")
	}
	match := statusCode.FindStringSubmatch(template)
	switch {
	case strings.ContainsAny(template, "#$"):
		if match == nil || strings.Contains(template, "#if") {
			return 0, errRendered
		}
	case match == nil:
		return 0, errors.New("has a request template without a statusCode")
	}
	status, err := strconv.Atoi(match[1])
	if err != nil || status < 100 || status > 599 {
		return 0, fmt.Errorf("has a request template with the statusCode %s, which is no status", trace.Short(match[1]))
	}
	return status, nil
}

// pick chooses a template: the one that a static selection expression names, $default,
// else the only one there is.
func pick(templates map[string]string, selection string) (string, bool) {
	if text, ok := templates[strings.TrimPrefix(selection, `\`)]; ok {
		return text, true
	}
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

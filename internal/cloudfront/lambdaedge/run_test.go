package lambdaedge

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// association is a function of the template with code, on an event.
func association(t *testing.T, event, runtime, code string) Association {
	t.Helper()
	zip, _ := json.Marshal(code)
	var document map[string]any
	if err := json.Unmarshal([]byte(`{"Resources": {
		"F": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "`+runtime+`", "Handler": "index.handler", "Code": {"ZipFile": `+string(zip)+`}}},
		"V": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Fn::GetAtt": ["F", "Arn"]}}},
		"D": {"Type": "D", "Properties": {"EventType": "`+event+`", "LambdaFunctionARN": {"Fn::GetAtt": ["V", "FunctionArn"]}}}}}`), &document); err != nil {
		t.Fatal(err)
	}
	template, err := cfn.Parse(document, cfn.Environment{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Read(template, template.Properties(template.Resource("D")))
}

func TestAFunctionOnARequest(t *testing.T) {
	t.Parallel()
	async := func(body string) string {
		return "exports.handler = async (event) => { const cf = event.Records[0].cf, request = cf.request; " + body + " return request; };"
	}
	for _, tt := range []struct {
		name, event, runtime, code string
		want                       string // "open", "status rule", "answer status", or path?query
		word                       string
	}{
		{name: "that changes nothing", code: async(""), want: "/ws?a=1"},
		{name: "that rewrites", code: async("request.uri = '/'; request.querystring = 'b=2';"), want: "/?b=2"},
		{name: "with a callback", code: "exports.handler = (event, context, callback) => { const r = event.Records[0].cf.request; r.uri = '/c'; callback(null, r); };", want: "/c?a=1"},
		{name: "that fails by its callback", code: "exports.handler = (event, context, callback) => callback(new Error('no'));", want: "503 edge.lambda-error", word: "no"},
		{name: "by module.exports", code: "module.exports = { handler: async (event) => event.Records[0].cf.request };", want: "/ws?a=1"},
		{name: "that awaits", code: async("request.uri = await Promise.resolve('/p');"), want: "/p?a=1"},
		{name: "with modules", code: "const qs = require('querystring'), crypto = require('node:crypto'); " + async("request.querystring = qs.stringify({h: crypto.createHash('md5').update('a').digest('hex').length});"), want: "/ws?h=32"},
		{name: "that reads the event", code: async("request.querystring = [cf.config.eventType, request.clientIp, request.headers.host[0].value, request.headers['x-a'][0].key, request.method].join();"),
			want: "/ws?viewer-request,198.51.100.10,app.example.com,X-A,GET"},
		{name: "that answers", code: async("return {status: '302', headers: {location: [{key: 'Location', value: '/'}]}};"), want: "answer 302"},
		{name: "that answers with a number", code: async("return {status: 403};"), want: "answer 403"},

		{name: "that throws", code: async("throw new Error('broken');"), want: "503 edge.lambda-error", word: "broken"},
		{name: "that reads what is not there", code: async("request.headers.cookie[0].value;"), want: "503 edge.lambda-error"},
		{name: "that returns nothing", code: "exports.handler = async () => {};", want: "502 edge.lambda-invalid"},
		{name: "without a handler", code: "exports.main = async () => {};", want: "503 edge.lambda-error", word: "index.handler"},
		{name: "with a uri that is no path", code: async("request.uri = 'x';"), want: "502 edge.lambda-invalid"},
		{name: "with another method", code: async("request.method = 'POST';"), want: "502 edge.lambda-invalid", word: "method"},
		{name: "with a header that is text", code: async("request.headers['x-b'] = 'y';"), want: "502 edge.lambda-invalid", word: "x-b"},
		{name: "with a header that is an object", code: async("request.headers['x-b'] = {value: 'y'};"), want: "502 edge.lambda-invalid", word: "x-b"},
		{name: "with a header in capitals", code: async("request.headers['X-B'] = [{value: 'y'}];"), want: "502 edge.lambda-invalid", word: "lower case"},
		{name: "with a header under another key", code: async("request.headers['x-b'] = [{key: 'X-C', value: 'y'}];"), want: "502 edge.lambda-invalid", word: "X-C"},
		{name: "with a header that it may not add", code: async("request.headers.connection = [{key: 'Connection', value: 'upgrade'}];"), want: "502 edge.lambda-header"},
		{name: "with another host on a viewer event", code: async("request.headers.host = [{key: 'Host', value: 'x'}];"), want: "502 edge.lambda-header", word: "host"},
		{name: "with another host on an origin event", event: "origin-request", code: async("request.headers.host = [{key: 'Host', value: 'x'}];"), want: "/ws?a=1"},
		{name: "with an origin that is two", event: "origin-request", code: async("request.origin.s3 = {domainName: 'b', path: '', customHeaders: {}, region: '', authMethod: 'none'};"), want: "502 edge.lambda-invalid", word: "at once"},
		{name: "without an origin", event: "origin-request", code: async("delete request.origin;"), want: "502 edge.lambda-invalid", word: "origin"},
		{name: "with an origin path that ends with a slash", event: "origin-request", code: async("request.origin.custom.path = '/a/';"), want: "502 edge.lambda-invalid", word: "/a/"},
		{name: "with an unknown protocol", event: "origin-request", code: async("delete request.origin.custom.protocol;"), want: "502 edge.lambda-invalid", word: "protocol"},

		{name: "that needs the network", code: "const https = require('https'); " + async(""), want: "open", word: "module https"},
		{name: "that needs a global of Node.js", code: async("new URL('https://x');"), want: "open", word: "needs URL"},
		{name: "that waits", code: "exports.handler = (event, context, callback) => { new Promise(() => {}).then(() => callback(null, 1)); };", want: "open"},
		{name: "that is an ES module", code: "export const handler = async (e) => e;", want: "open", word: "ES module"},
		{name: "in Python", runtime: "python3.13", code: "def handler(event, context):\n  return 1", want: "open", word: "python3.13"},
		{name: "that never ends", code: async("for (;;) {}"), want: "open", word: "too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			event, runtime := tt.event, tt.runtime
			if event == "" {
				event = "viewer-request"
			}
			if runtime == "" {
				runtime = "nodejs22.x"
			}
			r := &Request{Method: "GET", Path: "/ws", Query: "a=1", Host: "app.example.com", IP: "198.51.100.10", Header: http.Header{"X-A": {"1"}, "Connection": {"Upgrade"}}}
			if event == "origin-request" {
				r.Origin = &Origin{Domain: "o.example.com", Protocol: "https", Port: 443, ReadTimeout: 30, KeepAlive: 5, TLS: []string{"TLSv1.2"}, Headers: []wire.Field{{Name: "X-Key", Value: "k"}}}
			}
			out := association(t, event, runtime, tt.code).Run(r, Input{Event: event, RequestID: "r", Limit: 300 * time.Millisecond})
			got, reason := out.Request.Path+"?"+out.Request.Query, ""
			switch {
			case out.Open != "":
				got, reason = "open", out.Open
			case out.Refusal != nil:
				got, reason = cfn.Text(out.Refusal.Status)+" "+out.Refusal.Rule.ID, out.Refusal.Reason
			case out.Response != nil:
				got = "answer " + cfn.Text(out.Response.Status)
			case out.Request.Header.Get("Connection") != "Upgrade":
				t.Error("a header that functions do not see is lost")
			}
			if got != tt.want || !strings.Contains(reason, tt.word) {
				t.Errorf("got %q (%s), want %q with %q", got, reason, tt.want, tt.word)
			}
		})
	}
}

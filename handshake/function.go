package handshake

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"
)

const (
	// maxFunctionSize is the quota on a function's code in bytes.
	maxFunctionSize = 10 * 1024
	// maxURL is the longest URL that CloudFront takes, in bytes.
	maxURL = 8192
	// maxRequest is the largest request that CloudFront takes, in bytes.
	maxRequest = 20_480
)

// edgeFunction is an AWS::CloudFront::Function.
type edgeFunction struct {
	id, place, arn, name string
	code                 string
	runtime              string
	published            bool
	stores               int
	problem              error

	compiled func() (*goja.Program, error)
}

func (t *Template) readFunction(r *resource) *edgeFunction {
	var errs []error
	p := t.reader("Resources."+r.id+".Properties", r.properties, &errs)
	config := p.child("FunctionConfig")
	f := &edgeFunction{
		id:        r.id,
		place:     p.place,
		arn:       fmt.Sprintf("arn:%s:cloudfront::%s:function/%s", t.partition(), t.account(), r.id),
		name:      p.text("Name"),
		code:      p.text("FunctionCode"),
		runtime:   config.text("Runtime"),
		published: p.flag("AutoPublish", false),
		stores:    len(config.children("KeyValueStoreAssociations")),
	}
	f.problem = joined(errs)
	f.compiled = sync.OnceValues(func() (*goja.Program, error) {
		return goja.Compile("function.js", f.script(), false)
	})
	return f
}

// functionByARN finds the function that a behaviour names.
func (t *Template) functionByARN(arn string) *edgeFunction {
	for _, f := range t.functions {
		if f.arn == arn {
			return f
		}
	}
	return nil
}

// imports are the modules of the runtime, as an import statement names them.
var imports = regexp.MustCompile(`(?m)^([ \t]*)import\s+([A-Za-z_$][\w$]*)\s+from\s+['"](cloudfront|crypto|querystring|buffer)['"]`)

// script is the code with its import statements made into bindings, which is
// all of modules that the engine needs.
func (f *edgeFunction) script() string {
	return imports.ReplaceAllString(f.code, "${1}const ${2} = require('${3}')")
}

// fault is what is wrong with a function's run or with what it returns.
type fault struct {
	status            int
	rule, reason, fix string
}

// originChange is what a function asked for with the cloudfront module.
type originChange struct {
	// origin is the id of an origin of the distribution; "" to keep the behaviour's.
	origin string
	// set are the settings that replace the origin's: domainName, originPath,
	// hostHeader, customHeaders.
	domain, path, host *string
	headers            []customHeader
	replaceHeaders     bool
}

// run is the outcome of a function.
type functionRun struct {
	fault    *fault
	response *answer
	uri      string
	query    string
	header   http.Header
	change   *originChange
	// changed lists what the function altered, for the report.
	changed []string
	logs    []string
}

// functionInput is what a function is given beside the request.
type functionInput struct {
	distribution *distribution
	requestID    string
	region       string
	values       map[string]string
	extra        map[string]string // CloudFront-* headers that a policy asks for
	limit        time.Duration
}

// hidden are the headers that functions do not see and may not add.
func hidden(name string) bool {
	switch name {
	case "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "trailer", "upgrade",
		"x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect", "x-amzn-auth", "x-amzn-cf-billing",
		"x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype", "x-amzn-fle-profile", "x-amzn-header-count", "x-amzn-header-order",
		"x-amzn-lambda-integration-tag", "x-amzn-requestid", "x-cache", "x-forwarded-proto", "x-real-ip":
		return true
	}
	return strings.HasPrefix(name, "x-amz-cf-") || strings.HasPrefix(name, "x-edge-")
}

// readOnly are the headers that a viewer-request function may read only.
func readOnly(name string) bool {
	switch name {
	case "content-length", "host", "transfer-encoding", "via":
		return true
	}
	return false
}

// run plays the function on a viewer request, for no longer than the limit and a
// little: the engine cannot be interrupted inside one regular expression.
func (f *edgeFunction) run(v *viewerRequest, in functionInput) functionRun {
	done := make(chan functionRun, 1)
	go func() { done <- f.execute(v, in) }()
	late := time.NewTimer(in.limit + time.Second)
	defer late.Stop()
	select {
	case out := <-done:
		return out
	case <-late.C:
		return functionRun{fault: f.threw(errors.New("time limit"))}
	}
}

// execute is run without the bound on what cannot be interrupted.
func (f *edgeFunction) execute(v *viewerRequest, in functionInput) (out functionRun) {
	if f.problem != nil {
		return functionRun{fault: &fault{0, "template.unresolved", "the code of function " + f.id + " is not known: " + f.problem.Error(),
			"give the value in Facts"}}
	}
	if len(f.code) > maxFunctionSize {
		return functionRun{fault: &fault{400, "function.size",
			fmt.Sprintf("function %s has %d bytes of code, at most %d are allowed, so the deploy fails", f.id, len(f.code), maxFunctionSize),
			"shorten FunctionCode of " + f.place}}
	}
	program, err := f.compiled()
	if err != nil {
		return functionRun{fault: f.threw(err)}
	}
	vm := goja.New()
	vm.SetMaxCallStackSize(1000)
	ended := make(chan struct{})
	defer close(ended)
	go interrupt(vm, in.limit, ended)
	defer func() {
		// A getter or a proxy of the returned object may throw while it is read.
		if r := recover(); r != nil {
			out = functionRun{fault: f.threw(fmt.Errorf("%v", r)), logs: out.logs}
		}
	}()

	m := &machine{vm: vm, f: f, in: in, run: &out}
	m.prepare()
	if _, err := vm.RunProgram(program); err != nil {
		out.fault = f.threw(err)
		return out
	}
	handler, err := vm.RunString("typeof handler === 'function' ? handler : undefined")
	if err != nil {
		out.fault = f.threw(err)
		return out
	}
	call, ok := goja.AssertFunction(handler)
	if !ok {
		out.fault = f.threw(errors.New("there is no function named handler"))
		return out
	}
	event, before := m.event(v)
	result, err := call(goja.Undefined(), event)
	if err != nil {
		out.fault = f.threw(err)
		return out
	}
	if promise, ok := result.Export().(*goja.Promise); ok {
		switch promise.State() {
		case goja.PromiseStateRejected:
			out.fault = f.threw(fmt.Errorf("%v", promise.Result()))
			return out
		case goja.PromiseStatePending:
			out.fault = f.threw(errors.New("its promise is never settled"))
			return out
		}
		result = promise.Result()
	}
	m.read(result, v, before)
	return out
}

// interrupt ends the run after its limit. It does so again and again, because the
// engine forgets an interruption that comes between two promise jobs.
func interrupt(vm *goja.Runtime, limit time.Duration, ended <-chan struct{}) {
	wait := time.NewTimer(limit)
	defer wait.Stop()
	for {
		select {
		case <-ended:
			return
		case <-wait.C:
			vm.Interrupt("time limit")
			wait.Reset(time.Millisecond)
		}
	}
}

// threw is the fault of a function that does not come to its end.
func (f *edgeFunction) threw(err error) *fault {
	reason := fmt.Sprintf("function %s throws: %s", f.id, firstLine(err.Error()))
	var interrupted *goja.InterruptedError
	if errors.As(err, &interrupted) || strings.Contains(err.Error(), "time limit") {
		reason = fmt.Sprintf("function %s does not end within its compute time", f.id)
	}
	return &fault{503, "function.error", reason, "correct FunctionCode of " + f.place}
}

func (f *edgeFunction) invalid(rule, format string, args ...any) *fault {
	return &fault{502, rule, fmt.Sprintf("function %s ", f.id) + fmt.Sprintf(format, args...), "correct FunctionCode of " + f.place}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if len(line) > 200 {
		line = line[:200]
	}
	return line
}

// machine is one run of a function.
type machine struct {
	vm  *goja.Runtime
	f   *edgeFunction
	in  functionInput
	run *functionRun
}

// prelude takes away what CloudFront's runtime does not have, and bounds what
// would take more than its 2 MB at one stroke.
const prelude = `(function () {
	delete globalThis.eval;
	var denied = function () { throw new TypeError('dynamic code evaluation is not supported'); };
	globalThis.Function = denied;
	Object.getPrototypeOf(function () {}).constructor = denied;
	['repeat', 'padStart', 'padEnd'].forEach(function (name) {
		var plain = String.prototype[name];
		String.prototype[name] = function (n, fill) {
			if (Number(n) * Math.max(1, String(this).length) > 2097152) { throw new RangeError('memory limit'); }
			return plain.call(this, n, fill);
		};
	});
})();`

func (m *machine) prepare() {
	vm := m.vm
	_, _ = vm.RunString(prelude) // the text above: it runs
	console := vm.NewObject()
	_ = console.Set("log", func(call goja.FunctionCall) goja.Value {
		var parts []string
		for _, a := range call.Arguments {
			parts = append(parts, firstLine(a.String()))
		}
		if len(m.run.logs) < 100 {
			m.run.logs = append(m.run.logs, strings.Join(parts, " "))
		}
		return goja.Undefined()
	})
	_ = vm.Set("console", console)
	_ = vm.Set("require", func(name string) goja.Value {
		switch name {
		case "cloudfront":
			return m.cloudfront()
		case "crypto":
			return m.crypto()
		case "querystring":
			return m.querystring()
		}
		panic(vm.NewTypeError("module %q is not available here", name))
	})
}

// cloudfront is the module of the same name.
func (m *machine) cloudfront() goja.Value {
	vm := m.vm
	cf := vm.NewObject()
	location := vm.NewObject()
	_ = location.Set("name", "local")
	_ = location.Set("serviceIp", "127.0.0.1")
	_ = location.Set("region", m.in.region)
	_ = cf.Set("edgeLocation", location)
	_ = cf.Set("kvs", func(goja.FunctionCall) goja.Value {
		if m.f.stores == 0 {
			panic(vm.NewTypeError("the function is associated with no key value store"))
		}
		return m.store()
	})
	_ = cf.Set("selectRequestOriginById", func(call goja.FunctionCall) goja.Value {
		id := call.Argument(0).String()
		if m.in.distribution.origin(id) == nil {
			panic(vm.NewTypeError("the distribution has no origin %q", id))
		}
		m.run.change = &originChange{origin: id}
		if options, ok := call.Argument(1).(*goja.Object); ok {
			m.settings(m.run.change, options)
		}
		return goja.Undefined()
	})
	_ = cf.Set("updateRequestOrigin", func(call goja.FunctionCall) goja.Value {
		options, ok := call.Argument(0).(*goja.Object)
		if !ok {
			panic(vm.NewTypeError("updateRequestOrigin takes an object"))
		}
		change := &originChange{}
		if m.run.change != nil {
			change.origin = m.run.change.origin
		}
		m.settings(change, options)
		m.run.change = change
		return goja.Undefined()
	})
	_ = cf.Set("createRequestOriginGroup", func(call goja.FunctionCall) goja.Value {
		// The first origin is the one that a handshake goes to while it answers.
		if options, ok := call.Argument(0).(*goja.Object); ok {
			if ids, ok := options.Get("originIds").(*goja.Object); ok {
				if first, ok := ids.Get("0").(*goja.Object); ok && first.Get("originId") != nil {
					m.run.change = &originChange{origin: first.Get("originId").String()}
				}
			}
		}
		return goja.Undefined()
	})
	return cf
}

// settings reads what a function sets of its origin.
func (m *machine) settings(change *originChange, options *goja.Object) {
	text := func(name string) *string {
		v := options.Get(name)
		if v == nil || goja.IsUndefined(v) {
			return nil
		}
		s := v.String()
		return &s
	}
	change.domain, change.path, change.host = text("domainName"), text("originPath"), text("hostHeader")
	if headers, ok := options.Get("customHeaders").(*goja.Object); ok {
		change.replaceHeaders = true
		for _, name := range headers.Keys() {
			change.headers = append(change.headers, customHeader{name, headers.Get(name).String()})
		}
	}
}

// store is a key value store handle: its methods return promises.
func (m *machine) store() goja.Value {
	vm := m.vm
	handle := vm.NewObject()
	settled := func(value any, err error) goja.Value {
		promise, resolve, reject := vm.NewPromise()
		if err != nil {
			_ = reject(vm.NewGoError(err))
		} else {
			_ = resolve(value)
		}
		return vm.ToValue(promise)
	}
	_ = handle.Set("get", func(call goja.FunctionCall) goja.Value {
		key := call.Argument(0).String()
		value, ok := m.in.values[key]
		if !ok {
			return settled(nil, fmt.Errorf("KeyNotFoundException: key %q", key))
		}
		if options, isObject := call.Argument(1).(*goja.Object); isObject && options.Get("format") != nil && options.Get("format").String() == "json" {
			parse, _ := goja.AssertFunction(vm.GlobalObject().Get("JSON").(*goja.Object).Get("parse"))
			parsed, err := parse(goja.Undefined(), vm.ToValue(value))
			return settled(parsed, err)
		}
		return settled(value, nil)
	})
	_ = handle.Set("exists", func(call goja.FunctionCall) goja.Value {
		_, ok := m.in.values[call.Argument(0).String()]
		return settled(ok, nil)
	})
	_ = handle.Set("count", func(goja.FunctionCall) goja.Value { return settled(len(m.in.values), nil) })
	return handle
}

// field sets one name of headers, querystring or cookies.
func (m *machine) field(parent *goja.Object, name string, values []string) {
	vm := m.vm
	entry := vm.NewObject()
	_ = entry.Set("value", values[0])
	if len(values) > 1 {
		all := make([]any, len(values))
		for i, v := range values {
			one := vm.NewObject()
			_ = one.Set("value", v)
			all[i] = one
		}
		_ = entry.Set("multiValue", vm.NewArray(all...))
	}
	// Data properties, so that a name such as __proto__ is a name like others.
	_ = parent.DefineDataProperty(name, entry, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
}

// snapshot is the request object as the function got it.
type snapshot struct {
	headers map[string][]string
	query   []pair
	cookies []pair
}

// event makes the event object.
func (m *machine) event(v *viewerRequest) (goja.Value, snapshot) {
	vm := m.vm
	before := snapshot{headers: map[string][]string{}, query: splitQuery(v.query), cookies: splitCookies(v.header)}
	headers := vm.NewObject()
	for name, values := range v.header {
		lower := strings.ToLower(name)
		if lower == "cookie" || hidden(lower) || len(values) == 0 {
			continue
		}
		before.headers[lower] = values
	}
	before.headers["host"] = []string{v.host}
	for name, value := range m.in.extra {
		before.headers[strings.ToLower(name)] = []string{value}
	}
	names := make([]string, 0, len(before.headers))
	for name := range before.headers {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		m.field(headers, name, before.headers[name])
	}
	query := vm.NewObject()
	for _, name := range namesOf(before.query) {
		m.field(query, name, valuesOf(before.query, name))
	}
	cookies := vm.NewObject()
	for _, name := range namesOf(before.cookies) {
		m.field(cookies, name, valuesOf(before.cookies, name))
	}
	request := vm.NewObject()
	_ = request.Set("method", v.method)
	_ = request.Set("uri", v.path)
	_ = request.Set("querystring", query)
	// CloudFront Developer Guide, "General helper methods": "" for a bare "?",
	// undefined without one. A method is no part of the request's data.
	raw := func(goja.FunctionCall) goja.Value {
		if v.query == "" && !v.asks {
			return goja.Undefined()
		}
		return vm.ToValue(v.query)
	}
	_ = request.DefineDataProperty("rawQueryString", vm.ToValue(raw), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = request.Set("headers", headers)
	_ = request.Set("cookies", cookies)
	context := vm.NewObject()
	_ = context.Set("distributionDomainName", m.in.distribution.domainName())
	_ = context.Set("distributionId", m.in.distribution.id)
	_ = context.Set("eventType", "viewer-request")
	_ = context.Set("requestId", m.in.requestID)
	viewer := vm.NewObject()
	_ = viewer.Set("ip", v.ip)
	event := vm.NewObject()
	_ = event.Set("version", "1.0")
	_ = event.Set("context", context)
	_ = event.Set("viewer", viewer)
	_ = event.Set("request", request)
	return event, before
}

func namesOf(pairs []pair) []string {
	var names []string
	for _, p := range pairs {
		if !slices.Contains(names, p.name) {
			names = append(names, p.name)
		}
	}
	return names
}

func valuesOf(pairs []pair, name string) []string {
	var values []string
	for _, p := range pairs {
		if p.name == name {
			values = append(values, p.value)
		}
	}
	return values
}

// read takes over what the function returned.
func (m *machine) read(result goja.Value, v *viewerRequest, before snapshot) {
	out, f := m.run, m.f
	object, ok := result.(*goja.Object)
	if !ok {
		out.fault = f.invalid("function.invalid", "returns %s, not a request or a response object", describe(result))
		return
	}
	if status := object.Get("statusCode"); status != nil && !goja.IsUndefined(status) {
		m.readResponse(object, status)
		return
	}
	uri := object.Get("uri")
	if uri == nil || goja.IsUndefined(uri) || goja.IsNull(uri) {
		out.fault = f.invalid("function.invalid", "returns an object that is neither a request (no uri) nor a response (no statusCode)")
		return
	}
	out.uri = uri.String()
	if !strings.HasPrefix(out.uri, "/") {
		out.fault = f.invalid("function.invalid", "sets the uri to %q, which does not begin with a slash", shorten(out.uri))
		return
	}
	if badURL(out.uri) && out.uri != v.path {
		out.fault = f.invalid("function.query", "sets a uri with a space, a control character or #")
		return
	}
	if method := object.Get("method"); method == nil || method.String() != v.method {
		out.fault = f.invalid("function.read-only", "changes the method, which is read-only")
		return
	}
	out.query = v.query
	if raw, isText := object.Get("querystring").(goja.String); isText {
		out.query = raw.String()
	} else if after := m.pairs(object.Get("querystring"), before.query); !slices.Equal(after, before.query) {
		out.query = joinQuery(after)
	}
	if out.query != v.query && badURL(out.query) {
		out.fault = f.invalid("function.query", "makes a query string with a space, a control character or #")
		return
	}
	if len(out.uri)+len(out.query) >= maxURL {
		out.fault = f.invalid("function.query", "makes a URI of %d characters, fewer than %d are allowed", len(out.uri)+len(out.query), maxURL)
		return
	}
	if out.uri != v.path {
		out.changed = append(out.changed, fmt.Sprintf("uri %s → %s", shorten(v.path), shorten(out.uri)))
	}
	if out.query != v.query {
		out.changed = append(out.changed, "query string "+names(namesOf(splitQuery(out.query))))
	}
	if fault := m.readHeaders(object.Get("headers"), v, before); fault != nil {
		out.fault = fault
		return
	}
	if cookies := m.pairs(object.Get("cookies"), before.cookies); !slices.Equal(cookies, before.cookies) {
		out.header.Del("Cookie")
		if len(cookies) > 0 {
			out.header.Set("Cookie", joinCookies(cookies))
		}
		out.changed = append(out.changed, "cookies "+names(namesOf(cookies)))
	}
	if c := out.change; c != nil {
		if c.origin != "" {
			out.changed = append(out.changed, "origin "+c.origin)
		}
		if c.domain != nil {
			out.changed = append(out.changed, "origin domain "+*c.domain)
		}
	}
}

func (m *machine) readResponse(object *goja.Object, status goja.Value) {
	out, f := m.run, m.f
	code, isInt := status.Export().(int64)
	if !isInt || code < 200 || code > 599 {
		out.fault = f.invalid("function.invalid", "returns the statusCode %s, not a number from 200 to 599", shorten(status.String()))
		return
	}
	a := &answer{status: int(code), header: http.Header{}}
	if headers, ok := object.Get("headers").(*goja.Object); ok {
		for _, name := range headers.Keys() {
			if name != strings.ToLower(name) || !validHeaderName(name) {
				out.fault = f.invalid("function.invalid", "adds a response header %q that is not in lower case", shorten(name))
				return
			}
			if hidden(name) {
				out.fault = f.invalid("function.header", "adds the header %q, which functions cannot add", name)
				return
			}
			if entry, ok := headers.Get(name).(*goja.Object); ok {
				if value := entry.Get("value"); value != nil && !badHeaderValue(value.String()) {
					a.header.Set(name, value.String())
				}
			}
		}
	}
	switch body := object.Get("body").(type) {
	case nil:
	case *goja.Object:
		data := body.Get("data")
		if data == nil {
			break
		}
		a.body = []byte(data.String())
		if encoding := body.Get("encoding"); encoding != nil && encoding.String() == "base64" {
			decoded, err := base64.StdEncoding.DecodeString(data.String())
			if err != nil {
				out.fault = f.invalid("function.invalid", "returns a body that is not valid base64")
				return
			}
			a.body = decoded
		}
	default:
		if !goja.IsUndefined(body) && !goja.IsNull(body) {
			a.body = []byte(body.String())
		}
	}
	out.response = a
}

// pairs reads querystring or cookies back. Names that stayed keep their place.
func (m *machine) pairs(v goja.Value, before []pair) []pair {
	object, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	var out []pair
	for _, name := range object.Keys() {
		values := entryValues(object.Get(name), valuesOf(before, name))
		for i, value := range values {
			p := pair{name: name, value: value}
			if old := valuesOf(before, name); i < len(old) && old[i] == value && value == "" {
				p.bare = bareOf(before, name, i)
			}
			out = append(out, p)
		}
	}
	// The same pairs in another order are no change.
	if len(out) == len(before) {
		rest := slices.Clone(before)
		for _, p := range out {
			if i := slices.Index(rest, p); i >= 0 {
				rest = slices.Delete(rest, i, i+1)
			}
		}
		if len(rest) == 0 {
			return before
		}
	}
	return out
}

func bareOf(pairs []pair, name string, nth int) bool {
	for _, p := range pairs {
		if p.name == name {
			if nth == 0 {
				return p.bare
			}
			nth--
		}
	}
	return false
}

// entryValues reads one field: a changed multiValue wins, else value replaces
// the first and the others stay.
func entryValues(v goja.Value, before []string) []string {
	entry, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	var multi []string
	if list, ok := entry.Get("multiValue").(*goja.Object); ok {
		for _, i := range list.Keys() {
			if one, ok := list.Get(i).(*goja.Object); ok && one.Get("value") != nil {
				multi = append(multi, one.Get("value").String())
			}
		}
		if !slices.Equal(multi, before) {
			return multi
		}
	}
	value := entry.Get("value")
	if value == nil || goja.IsUndefined(value) {
		return multi
	}
	if len(multi) > 1 {
		return append([]string{value.String()}, multi[1:]...)
	}
	return []string{value.String()}
}

func (m *machine) readHeaders(v goja.Value, was *viewerRequest, before snapshot) *fault {
	out, f := m.run, m.f
	out.header = was.header.Clone()
	object, ok := v.(*goja.Object)
	if !ok {
		return f.invalid("function.invalid", "returns a request without headers")
	}
	after := map[string][]string{}
	for _, name := range object.Keys() {
		values := entryValues(object.Get(name), before.headers[name])
		if len(values) == 0 {
			continue
		}
		after[name] = values
	}
	var added, removed []string
	for _, name := range object.Keys() {
		values, ok := after[name]
		if !ok || slices.Equal(values, before.headers[name]) {
			continue
		}
		_, existed := before.headers[name]
		switch {
		case name != strings.ToLower(name) || !validHeaderName(name):
			return f.invalid("function.invalid", "adds the header %q; names must be in lower case", shorten(name))
		case hidden(name):
			return f.invalid("function.header", "adds the header %q, which functions cannot add", name)
		case readOnly(name) && existed:
			return f.invalid("function.read-only", "changes the header %q, which is read-only", name)
		case readOnly(name):
			return f.invalid("function.read-only", "adds the header %q, which is read-only", name)
		}
		for _, value := range values {
			if badHeaderValue(value) {
				return f.invalid("function.invalid", "sets the header %q to a value with control characters", name)
			}
		}
		out.header[http.CanonicalHeaderKey(name)] = values
		added = append(added, name)
	}
	for name := range before.headers {
		if _, ok := after[name]; ok {
			continue
		}
		if readOnly(name) {
			return f.invalid("function.read-only", "removes the header %q, which is read-only", name)
		}
		out.header.Del(name)
		removed = append(removed, name)
	}
	sort.Strings(removed)
	for _, name := range added {
		out.changed = append(out.changed, "header "+name)
	}
	for _, name := range removed {
		out.changed = append(out.changed, "without header "+name)
	}
	return nil
}

func describe(v goja.Value) string {
	switch {
	case v == nil || goja.IsUndefined(v):
		return "nothing"
	case goja.IsNull(v):
		return "null"
	}
	return fmt.Sprintf("%q", shorten(v.String()))
}

func names(list []string) string {
	if len(list) == 0 {
		return "(none)"
	}
	return strings.Join(list, ", ")
}

func shorten(text string) string {
	if len(text) > 80 {
		return text[:77] + "..."
	}
	return text
}

// badURL says whether text has what no URI or query string may have.
func badURL(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c == '#' || c == 0x7f })
}

func badHeaderValue(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
}

func validHeaderName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}

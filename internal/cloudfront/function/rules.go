package function

import (
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

var declared rules.Set

// Rules are the rules of edge functions.
func Rules() []rules.Rule { return slices.Clone(declared) }

const (
	pageEdge      = `CloudFront Developer Guide, "Restrictions on all edge functions"`
	pageFunctions = `CloudFront Developer Guide, "Restrictions on CloudFront Functions"`
	pageEvent     = `CloudFront Developer Guide, "CloudFront Functions event structure"`
	pageRuntime   = `CloudFront Developer Guide, "JavaScript runtime 2.0 features for CloudFront Functions"`
	pageRuntime1  = `CloudFront Developer Guide, "JavaScript runtime 1.0 features for CloudFront Functions"`
	pagePublish   = `CloudFront Developer Guide, "Publish functions"`
	page502       = `CloudFront Developer Guide, "HTTP 502 status code (Bad Gateway)"`
	page503       = `CloudFront Developer Guide, "HTTP 503 status code (Service Unavailable)"`
)

// What a run may end in.
var (
	Size = declared.Add(rules.Rule{ID: "function.size", Statement: "a function's code has at most 10 KB",
		Source: pageFunctions + ` and "Quotas"`, Documented: true, Layer: rules.LayerDeploy, Status: 400, Severity: rules.SeverityError,
		Fix: "shorten FunctionCode"})

	Fails = declared.Add(rules.Rule{ID: "function.error", Statement: "a function that throws, or takes too much time or memory, is answered with 503",
		Source: page503, Documented: true, Layer: rules.LayerFunction, Status: 503, Fix: "correct FunctionCode"})

	Process = declared.Add(rules.Rule{ID: "function.process", Statement: "functions run in a process of their own here, which bounds their time and memory; without one they are not played",
		Source: "no AWS rule: a limit of this package", Layer: rules.LayerFunction, Fix: "let the program start itself again"})

	Invalid = declared.Add(rules.Rule{ID: "function.invalid", Statement: "a function that returns no valid request or response object is answered with 502",
		Source: page502, Documented: true, Layer: rules.LayerFunction, Status: 502, Fix: "correct FunctionCode"})

	ReadOnly = declared.Add(rules.Rule{ID: "function.read-only", Statement: "a function that changes Host, Via, Content-Length, Transfer-Encoding or the method is answered with 502",
		Source: pageEdge, Documented: true, Layer: rules.LayerFunction, Status: 502, Fix: "leave it unchanged in FunctionCode"})

	Header = declared.Add(rules.Rule{ID: "function.header", Statement: "a function that adds a header it cannot see, such as Connection, Upgrade or X-Forwarded-Proto, is answered with 502",
		Source: pageEdge, Documented: true, Layer: rules.LayerFunction, Status: 502, Fix: "do not add it in FunctionCode"})

	Query = declared.Add(rules.Rule{ID: "function.query", Statement: "the URI and query string that a function makes have no spaces, control characters or #, and fewer than 8,192 characters",
		Source: pageEdge, Documented: true, Layer: rules.LayerFunction, Status: 502, Fix: "encode it in FunctionCode (encodeURIComponent), or make it shorter"})

	Response = declared.Add(rules.Rule{ID: "function.response", Statement: "a response that a function returns goes to the viewer; custom error responses do not replace it",
		Source: pageEvent, Documented: true, Layer: rules.LayerFunction,
		Fix: "send what the function asks for, such as an allowed Origin, or change FunctionCode"})
)

// What a run changes.
var (
	Rewrite = declared.Add(rules.Rule{ID: "function.rewrite", Statement: "a changed URI does not change the behavior, and the origin path is still put in front of it",
		Source: pageEdge, Documented: true, Layer: rules.LayerFunction})

	Added = declared.Add(rules.Rule{ID: "function.added", Statement: "headers and query strings that a function adds reach the origin only if the policies let them",
		Source: "inferred: the policies are applied after the viewer-request function", Layer: rules.LayerFunction})
)

// What a template may do with functions.
var (
	Association = declared.Add(rules.Rule{ID: "function.association", Statement: "a behavior has one edge function per event, and does not mix CloudFront Functions and Lambda@Edge on viewer events",
		Source: pageEdge, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "keep one function per event, and one kind on viewer events"})

	Unpublished = declared.Add(rules.Rule{ID: "function.unpublished", Statement: "only a published function can be associated with a distribution",
		Source: pagePublish, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set AutoPublish to true"})

	Runtime = declared.Add(rules.Rule{ID: "function.runtime", Statement: "the runtime is cloudfront-js-1.0 or cloudfront-js-2.0, and a key value store needs 2.0",
		Source: `CloudFront Developer Guide, "Amazon CloudFront KeyValueStore"`, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "set FunctionConfig.Runtime to cloudfront-js-2.0"})

	Runtime1 = declared.Add(rules.Rule{ID: "function.runtime-1", Statement: "runtime 1.0 has no const, let, async, await, import, key value store or origin helpers; code that uses them fails with 503",
		Source: pageRuntime1 + "; the status is that of a function that fails", Documented: true, Layer: rules.LayerFunction, Status: 503, Severity: rules.SeverityError,
		Fix: "set FunctionConfig.Runtime to cloudfront-js-2.0"})

	Store = declared.Add(rules.Rule{ID: "function.store", Statement: "a function has at most one key value store, named by its ARN; values imported from S3 have to be given to play the function",
		Source: `CloudFront Developer Guide, "Amazon CloudFront KeyValueStore"`, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "use Fn::GetAtt of an AWS::CloudFront::KeyValueStore, attribute Arn"})

	Name = declared.Add(rules.Rule{ID: "function.name", Statement: "the name of a function, and of a key value store, is unique in the account",
		Source: "CloudFront API Reference, CreateFunction: FunctionAlreadyExists", Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "give it another name"})

	Syntax = declared.Add(rules.Rule{ID: "function.syntax", Statement: "the runtime takes ECMAScript 5.1 and parts of later editions: no classes, destructuring, spread, optional chaining or for-of",
		Source: pageRuntime, Documented: true, Layer: rules.LayerFunction, Severity: rules.SeverityWarning,
		Fix: "write it without; CloudFront's runtime is ECMAScript 5.1 with parts of later editions"})

	ResponseEvent = declared.Add(rules.Rule{ID: "function.response-event", Statement: "AWS does not document what a response-side function does to a 101 answer",
		Source: pageEdge + " has nothing on it", Layer: rules.LayerFunction, Severity: rules.SeverityWarning,
		Fix: "leave the response events of a WebSocket behavior empty"})
)

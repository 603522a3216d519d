package lambdaedge

import (
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

var declared rules.Set

// Rules are the rules of Lambda@Edge.
func Rules() []rules.Rule { return slices.Clone(declared) }

const (
	pageRestrictions = `CloudFront Developer Guide, "Restrictions on Lambda@Edge"`
	pageAll          = `CloudFront Developer Guide, "Restrictions on all edge functions"`
	pageEvent        = `CloudFront Developer Guide, "Lambda@Edge event structure"`
	pagePermissions  = `CloudFront Developer Guide, "Set up IAM permissions and roles for Lambda@Edge"`
	pageQuotas       = `CloudFront Developer Guide, "Quotas"`
	page502          = `CloudFront Developer Guide, "HTTP 502 status code (Bad Gateway)"`
	page503          = `CloudFront Developer Guide, "HTTP 503 status code (Service Unavailable)"`
	pageResponses    = `CloudFront Developer Guide, "Work with requests and responses"`
)

// What a run may end in.
var (
	NotPlayed = declared.Add(rules.Rule{ID: "edge.lambda", Statement: "a Lambda@Edge function may change or answer the request; only JavaScript in the template is played here",
		Source: "no AWS rule: a limit of this package", Layer: rules.LayerFunction})

	Played = declared.Add(rules.Rule{ID: "edge.lambda-request", Statement: "a Lambda@Edge function on viewer-request or origin-request returns the request to pass on, or an answer",
		Source: pageEvent, Documented: true, Layer: rules.LayerFunction})

	Fails = declared.Add(rules.Rule{ID: "edge.lambda-error", Statement: "a Lambda@Edge function that throws is answered with 503",
		Source: page503, Documented: true, Layer: rules.LayerFunction, Status: 503, Fix: "correct the function's code"})

	Invalid = declared.Add(rules.Rule{ID: "edge.lambda-invalid", Statement: "a Lambda@Edge function that returns no valid request or response is answered with 502",
		Source: page502 + " and " + pageEvent, Documented: true, Layer: rules.LayerFunction, Status: 502, Fix: "return the request of the event, with each header as a list of {key, value}"})

	Header = declared.Add(rules.Rule{ID: "edge.lambda-header", Statement: "a Lambda@Edge function that adds a header it may not, or changes a read-only one, is answered with 502",
		Source: pageAll, Documented: true, Layer: rules.LayerFunction, Status: 502, Fix: "leave the header to CloudFront, which handles Connection and Upgrade by itself"})

	Response = declared.Add(rules.Rule{ID: "edge.lambda-response", Statement: "a response that a Lambda@Edge function returns goes to the viewer",
		Source: pageResponses, Documented: true, Layer: rules.LayerFunction, Fix: "send what the function asks for, or change its code"})
)

// What CloudFront asks of the function.
var (
	ARN = declared.Add(rules.Rule{ID: "function.lambda-arn", Statement: "a Lambda@Edge association names a numbered version of a function in us-east-1, not $LATEST and no alias",
		Source: pageRestrictions, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "add an AWS::Lambda::Version of the function in us-east-1, and name it in LambdaFunctionARN"})

	Features = declared.Add(rules.Rule{ID: "function.lambda-features", Statement: "a Lambda@Edge function has no environment variables, VPC, layers, dead-letter queue, X-Ray, container image, arm64, reserved or provisioned concurrency",
		Source: pageRestrictions, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "remove it from the function"})

	Runtime = declared.Add(rules.Rule{ID: "function.lambda-runtime", Statement: "a Lambda@Edge function runs on Node.js or Python",
		Source: pageRestrictions, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "use a Node.js or Python runtime"})

	Quota = declared.Add(rules.Rule{ID: "function.lambda-quota", Statement: "a Lambda@Edge function has at most 128 MB and 5 s on viewer events, 10,240 MB and 30 s on origin events",
		Source: pageQuotas, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set MemorySize and Timeout within the quota"})

	Role = declared.Add(rules.Rule{ID: "function.lambda-role", Statement: "the role of a Lambda@Edge function can be assumed by lambda.amazonaws.com and edgelambda.amazonaws.com",
		Source: pagePermissions, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "add edgelambda.amazonaws.com and lambda.amazonaws.com to the services of AssumeRolePolicyDocument"})

	Body = declared.Add(rules.Rule{ID: "function.lambda-body", Statement: "IncludeBody is for request events only",
		Source: pageEvent, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "remove IncludeBody, or set it to false"})
)

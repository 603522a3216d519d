package apigateway

import (
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

var declared rules.Set

// Rules are the rules of WebSocket APIs.
func Rules() []rules.Rule { return slices.Clone(declared) }

const (
	pageConnect     = `API Gateway Developer Guide, "Manage connected users and client apps: $connect and $disconnect routes"`
	pageCreate      = `API Gateway Developer Guide, "Create WebSocket APIs in API Gateway"`
	pageInvoke      = `API Gateway Developer Guide, "Use wscat to connect to a WebSocket API"`
	pageDisable     = `API Gateway Developer Guide, "Disable the default endpoint for WebSocket APIs"`
	pageKeys        = `API Gateway Developer Guide, "Choose an API key source"`
	pageAuthorizer  = `API Gateway Developer Guide, "Control access to WebSocket APIs with AWS Lambda REQUEST authorizers"`
	pageIAM         = `API Gateway Developer Guide, "Control access to WebSocket APIs with IAM authorization"`
	pageSubprotocol = `API Gateway Developer Guide, "Set up a $connect route that requires a WebSocket subprotocol"`
	pageSelection   = `API Gateway Developer Guide, "WebSocket selection expressions"`
	pageIntegration = `API Gateway Developer Guide, "Set up a WebSocket API integration request"`
	pageQuotas      = `API Gateway Developer Guide, "Quotas for configuring and running a WebSocket API"`
	pageUsagePlans  = `API Gateway Developer Guide, "Usage plans and API keys"`
	pageManaged     = `CloudFront Developer Guide, "Use managed origin request policies"`
	rfc6455         = "RFC 6455, section 4"
	limit           = "no AWS rule: a limit of this package"
)

// Where an API answers.
var (
	Host = declared.Add(rules.Rule{ID: "api.host", Statement: "API Gateway expects its own host name in Host, and answers 403 to another",
		Source: pageManaged, Documented: true, Layer: rules.LayerStage, Status: 403, Severity: rules.SeverityError,
		Fix: "use the managed policy AllViewerExceptHostHeader (" + rules.AllViewerExceptHostHeader + "), or a list without Host"})

	Region = declared.Add(rules.Rule{ID: "api.region", Statement: "an execute-api host carries the API's own region",
		Source: pageInvoke, Documented: true, Layer: rules.LayerStage, Status: 403, Severity: rules.SeverityError,
		Fix: "use the API's own host (Ref of the API, AWS::Region, AWS::URLSuffix)"})

	EndpointDisabled = declared.Add(rules.Rule{ID: "api.endpoint-disabled", Statement: "a disabled execute-api endpoint answers 403; only custom domains are left",
		Source: pageDisable, Documented: true, Layer: rules.LayerStage, Status: 403, Severity: rules.SeverityError,
		Fix: "use the API's custom domain, or set DisableExecuteApiEndpoint to false"})

	TLS = declared.Add(rules.Rule{ID: "api.tls", Statement: "WebSocket APIs take TLS 1.2 and 1.3 only, and no plain HTTP",
		Source: pageCreate, Documented: true, Layer: rules.LayerOrigin, Status: 502, Severity: rules.SeverityError,
		Fix: "set OriginSSLProtocols to [TLSv1.2]"})

	StagePath = declared.Add(rules.Rule{ID: "api.stage", Statement: "the URL's path is the stage and nothing more: /stage or /stage/; anything else is answered with 403",
		Source: pageInvoke + "; the status as seen by users", Layer: rules.LayerStage, Status: 403, Severity: rules.SeverityError,
		Fix: "set OriginPath to /<stage>"})

	Deployment = declared.Add(rules.Rule{ID: "api.deployment", Statement: "a stage serves nothing before a deployment; a handshake on it is answered with 403",
		Source: "inferred from the REST APIs' answer for a stage without deployment", Layer: rules.LayerStage, Status: 403, Severity: rules.SeverityError,
		Fix: "set AutoDeploy to true, or DeploymentId"})

	URLLength = declared.Add(rules.Rule{ID: "api.url-length", Statement: "a WebSocket API takes URLs of at most 4,096 characters",
		Source: pageQuotas + "; the status 414 is inferred", Layer: rules.LayerStage, Status: 414,
		Fix: "send less in the query string, or forward less of it"})
)

// What a handshake must have.
var (
	Upgrade = declared.Add(rules.Rule{ID: "api.upgrade", Statement: "a request that is not a WebSocket upgrade is answered with 403",
		Source: "seen by users; the WebSocket page of API Gateway does not state the status", Layer: rules.LayerStage, Status: 403,
		Fix: "connect with a WebSocket client"})

	WebSocketHeaders = declared.Add(rules.Rule{ID: "api.websocket-headers", Statement: "a handshake needs Sec-WebSocket-Key and Sec-WebSocket-Version: 13; else 400",
		Source: rfc6455 + "; API Gateway's own status is not documented", Layer: rules.LayerStage, Status: 400,
		Fix: "use a client that follows RFC 6455"})

	Subprotocol = declared.Add(rules.Rule{ID: "api.subprotocol", Statement: "a subprotocol that the client asks for must be in the $connect integration's answer, else browsers close the connection",
		Source: pageSubprotocol, Documented: true, Layer: rules.LayerRoute, Status: 101,
		Fix: "return the header Sec-WebSocket-Protocol from the $connect integration, with one of the subprotocols that the client asks for"})
)

// What $connect asks for.
var (
	Key = declared.Add(rules.Rule{ID: "api.key", Statement: "with ApiKeyRequired, the x-api-key header must be an enabled key of a usage plan of the stage; else 403",
		Source: pageKeys, Documented: true, Layer: rules.LayerRoute, Status: 403,
		Fix: "give OriginCustomHeaders an x-api-key with the same value as the API key's Value"})

	KeyGenerated = declared.Add(rules.Rule{ID: "api.key-generated", Statement: "API Gateway generates an API key without Value at the deploy, so no origin header can carry it",
		Source: "inferred from AWS::ApiGateway::ApiKey, property Value", Layer: rules.LayerRoute, Status: 403,
		Fix: "set the key's Value to the same secret reference as the origin's x-api-key"})

	Bypass = declared.Add(rules.Rule{ID: "api.bypass", Statement: "a $connect route that asks for neither key nor authorizer lets clients go around the edge",
		Source: pageConnect, Documented: true, Layer: rules.LayerRoute, Severity: rules.SeverityError,
		Fix: "set ApiKeyRequired to true on the $connect route"})

	Throttle = declared.Add(rules.Rule{ID: "api.throttle", Statement: "a usage plan's throttle and quota hold for all connects with its key together: beyond them the answer is 429",
		Source: pageUsagePlans, Documented: true, Layer: rules.LayerRoute, Severity: rules.SeverityWarning,
		Fix: "remove Throttle and Quota, unless the limit is meant"})

	IAM = declared.Add(rules.Rule{ID: "api.iam", Statement: "with AWS_IAM the handshake must be signed; without a signature it is answered with 403",
		Source: pageIAM, Documented: true, Layer: rules.LayerRoute, Status: 403,
		Fix: "forward Authorization (managed policy AllViewerExceptHostHeader), or the X-Amz-* query strings"})

	Authorizer = declared.Add(rules.Rule{ID: "api.authorizer", Statement: "an authorizer on $connect decides: a denial is 403, the error \"Unauthorized\" is 401, any other failure 500",
		Source: pageConnect, Documented: true, Layer: rules.LayerRoute, Fix: "see the authorizer's code and its log"})

	IdentitySource = declared.Add(rules.Rule{ID: "api.identity-source", Statement: "when an identity source of the authorizer is missing, the answer is 401 without calling it",
		Source: pageAuthorizer, Documented: true, Layer: rules.LayerRoute, Status: 401, Fix: "send it with the handshake"})
)

// What answers.
var (
	Connect = declared.Add(rules.Rule{ID: "api.connect", Statement: "the $connect integration's status decides the handshake: anything but 2xx refuses it with that status",
		Source: pageSubprotocol, Documented: true, Layer: rules.LayerRoute, Fix: "see the code of the $connect integration"})

	ConnectFails = declared.Add(rules.Rule{ID: "api.connect-fails", Statement: "a $connect integration that fails, or answers without a valid status, refuses the handshake with 502",
		Source: "seen by users; the WebSocket pages of API Gateway do not state the status", Layer: rules.LayerRoute, Status: 502,
		Fix: "see the log of the $connect integration"})

	Mock = declared.Add(rules.Rule{ID: "api.mock", Statement: "a MOCK integration answers by its request template's statusCode and its response template",
		Source: pageIntegration, Documented: true, Layer: rules.LayerRoute, Status: 500, Severity: rules.SeverityError,
		Fix: `set RequestTemplates to {"$default": "{\"statusCode\":200}"}`})

	MockSilent = declared.Add(rules.Rule{ID: "api.mock-silent", Statement: "a route without a route response sends nothing back, whatever its integration answers",
		Source: pageIntegration, Documented: true, Layer: rules.LayerRoute, Severity: rules.SeverityWarning,
		Fix: "add an AWS::ApiGatewayV2::RouteResponse with key $default"})

	MockTemplate = declared.Add(rules.Rule{ID: "api.mock-template", Statement: "API Gateway renders a response template with $input or $context; this package does not",
		Source: limit, Layer: rules.LayerRoute})

	MessageRoute = declared.Add(rules.Rule{ID: "api.route", Statement: "a message goes to the route that the selection expression names, else to $default",
		Source: pageSelection, Documented: true, Layer: rules.LayerRoute})

	Outside = declared.Add(rules.Rule{ID: "api.external", Statement: "an API that the template does not define is played by what the origin says of it",
		Source: limit, Layer: rules.LayerStage})
)

package apigateway

import (
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

var declared rules.Set

// Rules are the rules of WebSocket APIs.
func Rules() []rules.Rule { return slices.Clone(declared) }

const (
	pageConnect        = `API Gateway Developer Guide, "Manage connected users and client apps: $connect and $disconnect routes"`
	pageCreate         = `API Gateway Developer Guide, "Create WebSocket APIs in API Gateway"`
	pageInvoke         = `API Gateway Developer Guide, "Use wscat to connect to a WebSocket API"`
	pageDisable        = `API Gateway Developer Guide, "Disable the default endpoint for WebSocket APIs"`
	pageKeys           = `API Gateway Developer Guide, "Choose an API key source"`
	pageAuthorizer     = `API Gateway Developer Guide, "Control access to WebSocket APIs with AWS Lambda REQUEST authorizers"`
	pageIAM            = `API Gateway Developer Guide, "Control access to WebSocket APIs with IAM authorization"`
	pageSubprotocol    = `API Gateway Developer Guide, "Set up a $connect route that requires a WebSocket subprotocol"`
	pageSelection      = `API Gateway Developer Guide, "WebSocket selection expressions"`
	pageIntegration    = `API Gateway Developer Guide, "Set up a WebSocket API integration request"`
	pageQuotas         = `API Gateway Developer Guide, "Quotas for configuring and running a WebSocket API"`
	pageUsagePlans     = `API Gateway Developer Guide, "Usage plans and API keys"`
	pageOverview       = `API Gateway Developer Guide, "Overview of WebSocket APIs in API Gateway"`
	pageThrottle       = `API Gateway V2 API Reference, "Stages", DefaultRouteSettings and RouteSettings`
	pageStageVariables = `API Gateway Developer Guide, "Use stage variables"`
	pageDomain         = `API Gateway Developer Guide, "Custom domain names for WebSocket APIs in API Gateway"`
	pageAPIs           = `API Gateway V2 API Reference, "Apis"`
	pageStages         = `API Gateway V2 API Reference, "Stages"`
	pageRoutes         = `API Gateway V2 API Reference, "Routes"`
	pageIntegrations   = `API Gateway V2 API Reference, "Integrations"`
	pageAuthorizers    = `API Gateway V2 API Reference, "Authorizers"`
	pageRouteResponse  = `API Gateway Developer Guide, "Set up route responses for WebSocket APIs in API Gateway"`
	pageDeployment     = `CloudFormation Template Reference, "AWS::ApiGatewayV2::Deployment"`
	pageLambda         = `API Gateway Developer Guide, "Lambda proxy integrations in API Gateway"`
	pageLogging        = `API Gateway Developer Guide, "Configure logging for WebSocket APIs in API Gateway"`
	pageDependsOn      = `CloudFormation Template Reference, "DependsOn attribute"`
	pageZipFile        = `CloudFormation Template Reference, "AWS::Lambda::Function Code"`
	pageConcurrency    = `Lambda Developer Guide, "Configuring reserved concurrency for a function"`
	pageManaged        = `CloudFront Developer Guide, "Use managed origin request policies"`
	rfc6455            = "RFC 6455, section 4"
	limit              = "no AWS rule: a limit of this package"
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
	Protocol = declared.Add(rules.Rule{ID: "api.protocol", Statement: "only an API of ProtocolType WEBSOCKET opens WebSockets; an HTTP API answers an upgrade with 404 or its route's answer, a REST API with 403",
		Source: pageOverview + "; the statuses are those of an unknown route", Layer: rules.LayerStage, Status: 404, Severity: rules.SeverityError,
		Fix: "name a WebSocket API"})

	StageThrottle = declared.Add(rules.Rule{ID: "api.stage-throttle", Statement: "a stage's throttling settings hold for $connect: a rate or burst of 0 answers every handshake with 429",
		Source: pageThrottle, Documented: true, Layer: rules.LayerStage, Status: 429, Severity: rules.SeverityError,
		Fix: "remove the limit, or set a rate and a burst above 0"})

	StageVariable = declared.Add(rules.Rule{ID: "api.stage-variable", Statement: "a stage variable in an integration's or authorizer's URI must be defined on the stage; else the call fails with 500",
		Source: pageStageVariables + "; the status is inferred", Layer: rules.LayerRoute, Status: 500, Severity: rules.SeverityError,
		Fix: "define it in StageVariables of the stage"})

	Domain = declared.Add(rules.Rule{ID: "api.domain", Statement: "a custom domain leads to a WebSocket API by an API mapping only, and takes no client certificates for it; else 403",
		Source: pageDomain + "; the status as seen by users", Layer: rules.LayerStage, Status: 403, Severity: rules.SeverityError,
		Fix: "add an AWS::ApiGatewayV2::ApiMapping"})

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
		Source: pageKeys, Documented: true, Layer: rules.LayerRoute, Status: 403, Severity: rules.SeverityError,
		Fix: "give OriginCustomHeaders an x-api-key with the same value as the API key's Value"})

	KeyGenerated = declared.Add(rules.Rule{ID: "api.key-generated", Statement: "API Gateway generates the value of an API key without Value at the deploy; a value that the template writes out is another",
		Source: "inferred from AWS::ApiGateway::ApiKey, property Value", Layer: rules.LayerRoute, Status: 403,
		Fix: "set the key's Value to the same secret reference as the origin's x-api-key"})

	RequiredParameter = declared.Add(rules.Rule{ID: "api.required-parameter", Statement: "a handshake without a request parameter that $connect requires is answered with 400",
		Source: pageRoutes + "; the status is inferred", Layer: rules.LayerRoute, Status: 400,
		Fix: "send it with the handshake"})

	Bypass = declared.Add(rules.Rule{ID: "api.bypass", Statement: "a $connect route that asks for neither key nor authorizer lets clients go around the edge",
		Source: pageConnect, Documented: true, Layer: rules.LayerRoute, Severity: rules.SeverityError,
		Fix: "set ApiKeyRequired to true on the $connect route"})

	Throttle = declared.Add(rules.Rule{ID: "api.throttle", Statement: "a usage plan's throttle and quota hold for all connects with its key together: beyond them the answer is 429; 0 lets nobody in",
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

	Permission = declared.Add(rules.Rule{ID: "lambda.permission", Statement: "API Gateway calls a function only with a Lambda permission for it, or with a role that may; else the handshake ends with 500",
		Source: pageIntegration + "; the status as seen by users", Layer: rules.LayerRoute, Status: 500, Severity: rules.SeverityError,
		Fix: "add an AWS::Lambda::Permission for apigateway.amazonaws.com"})

	LambdaMethod = declared.Add(rules.Rule{ID: "lambda.method", Statement: "API Gateway calls Lambda by POST only; another IntegrationMethod ends the handshake with 500",
		Source: pageLambda + "; the status is inferred", Layer: rules.LayerRoute, Status: 500, Severity: rules.SeverityError,
		Fix: "set IntegrationMethod to POST"})

	FunctionHandler = declared.Add(rules.Rule{ID: "lambda.handler", Statement: "a function whose handler its code does not have fails, and the handshake ends with 502",
		Source: pageZipFile + "; the status is that of rule api.connect-fails", Layer: rules.LayerRoute, Status: 502, Severity: rules.SeverityError,
		Fix: "name a function of the code in Handler"})

	FunctionIdle = declared.Add(rules.Rule{ID: "lambda.concurrency", Statement: "Lambda runs a function with a reserved concurrency of 0 for nobody, and the handshake ends with 500",
		Source: pageConcurrency + "; the status is inferred", Layer: rules.LayerRoute, Status: 500, Severity: rules.SeverityError,
		Fix: "remove ReservedConcurrentExecutions, or raise it"})

	Passthrough = declared.Add(rules.Rule{ID: "api.passthrough", Statement: "a non-proxy integration with PassthroughBehavior NEVER takes only what a request template fits; else 415",
		Source: pageIntegrations + "; that it holds for $connect is inferred", Layer: rules.LayerRoute, Status: 415, Severity: rules.SeverityError,
		Fix: "add a request template, or set PassthroughBehavior to WHEN_NO_MATCH"})

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

// What CloudFormation or API Gateway refuses at the deploy.
var (
	Required = refused("api.required", "an API needs Name and ProtocolType, and a WebSocket API RouteSelectionExpression", pageAPIs, true)

	Definition = refused("api.definition", "API Gateway imports HTTP APIs only: a WebSocket API has no Body", pageAPIs, true)

	HTTPOnly = refused("api.http-only", "CorsConfiguration, RouteKey, Target and CredentialsArn of an API are for HTTP APIs", pageAPIs, true)

	KeySelection = refused("api.key-selection", "an API takes its key from $request.header.x-api-key or from the authorizer's usageIdentifierKey", pageSelection, true)

	HTTPRoute = refused("api.http-route", "the route key of an HTTP API is METHOD /path or $default", pageRoutes, true)

	StageName = refused("api.stage-name", "the name of a WebSocket API's stage has letters, digits, - and _, and is the only one of its name", pageStages, true)

	RouteSettings = refused("api.route-settings", "the settings of a stage name routes that the API has", pageStages+"; that the deploy fails is seen by users", false)

	DeploymentStage = refused("api.deployment-stage", "a deployment and its stage belong together: the stage exists and does not come from the deployment that names it, and has no DeploymentId with AutoDeploy", pageDeployment+"; that the deploy fails is seen by users", false)

	DeploymentOrder = refused("api.deployment-order", "a deployment takes the routes that are there, and needs one: it depends on the routes", pageDeployment+", example; the error as seen by users", false)

	RouteTwice = refused("api.route-twice", "an API has one route for each route key", pageRoutes+"; the error (409) as seen by users", false)

	RouteTarget = refused("api.route-target", "a route's target is integrations/ and the id of an integration of the same API", pageRoutes, true)

	RouteResponse = refused("api.route-response", "a route response has the key $default, and is chosen by $default", pageRouteResponse, true)

	AuthorizerType = refused("api.authorizer-type", "a WebSocket API takes Lambda authorizers of type REQUEST, of its own, and no JWT", pageAuthorizer, true)

	AuthorizerRoute = refused("api.authorizer-route", "a WebSocket API authorizes on $connect only", pageConnect+"; that the deploy fails is inferred", false)

	IdentityForm = refused("api.identity-form", "a WebSocket API's identity sources are route.request.header.X, route.request.querystring.X, context.X and stageVariables.X", pageAuthorizers, true)

	Integration = refused("api.integration", "an integration that is not MOCK needs a URI of its type, HTTP ones a method, and calls of services a role", pageIntegrations+"; that the deploy fails is seen by users of REST APIs", false)

	IntegrationTimeout = refused("api.integration-timeout", "an integration of a WebSocket API may take 50 ms to 29 s", pageQuotas, true)

	VPCLink = refused("api.vpc-link", "ConnectionType VPC_LINK and ConnectionId go together, and a WebSocket API takes VPC links of REST APIs", pageIntegrations, true)

	LogDestination = refused("api.log-arn", "access logs go to a log group, or to a Firehose stream named amazon-apigateway-…", pageLogging, true)

	DomainSetting = refused("api.domain-setting", "a WebSocket API's custom domain is REGIONAL, takes TLS 1.2, and has a certificate of its own region", pageDomain, true)

	Mappings = refused("api.mapping", "an API mapping names a stage of its API, has a key of its own, and shares a WebSocket API's domain with no other kind", pageDomain+"; that the deploy fails is seen by users", false)

	UsagePlan = refused("api.usage-plan", "a usage plan names stages that the API has; a quota needs Limit and Period", pageUsagePlans+"; that the deploy fails is seen by users", false)

	KeyTwice = refused("api.key-twice", "no two API keys of an account and region have the same value", pageUsagePlans+`; the error "API Key already exists" as seen by users`, false)

	FunctionRefused = refused("lambda.function", "a function that is not a container image needs Handler and Runtime, and inline code is for Node.js and Python", pageZipFile, true)
)

// What works, and hurts.
var (
	HTTPOnlyIgnored = warned("api.http-only-ignored", "a setting for HTTP APIs does nothing on a WebSocket API, or is refused", pageIntegrations+"; "+pageAuthorizers, true)

	Selection = warned("api.selection", "a route selection expression names a field of the message, $request.body.x; with another, messages go to $default", pageSelection, true)

	DeploymentPartial = warned("api.deployment-partial", "a deployment takes the routes that are there: it depends on all of them", pageDeployment, false)

	Order = warned("api.order", "CloudFormation creates what does not refer to one another at the same time; a mapping, a usage plan or a deployment fails when its stage or domain is not there yet", pageDependsOn, true)

	RouteKey = warned("api.route-key", "a handshake comes to the route $connect only; without that route API Gateway accepts every handshake", pageConnect, true)

	AuthorizerUnused = warned("api.authorizer-unused", "an authorizer is asked only with AuthorizationType CUSTOM", pageRoutes, true)

	LogRole = warned("api.log-role", "logs of a stage need a CloudWatch role in the account's settings for the region, else the deploy fails", pageLogging, true)

	MethodThrottle = warned("api.method-throttle", "throttling of single methods in a usage plan is for REST APIs", pageUsagePlans, false)

	Quota = warned("api.quota", "an API has 300 routes and integrations, 10 stages and authorizers by default", pageQuotas, true)
)

// refused declares a rule without which the deploy fails; its findings have fixes of
// their own.
func refused(id, statement, source string, documented bool) rules.Rule {
	return declared.Add(rules.Rule{ID: id, Statement: statement, Source: source, Documented: documented, Layer: rules.LayerDeploy,
		Severity: rules.SeverityError, Fix: "set it as the statement says"})
}

// warned declares a rule whose breach lets handshakes through.
func warned(id, statement, source string, documented bool) rules.Rule {
	return declared.Add(rules.Rule{ID: id, Statement: statement, Source: source, Documented: documented, Layer: rules.LayerRoute,
		Severity: rules.SeverityWarning, Fix: "set it as the statement says"})
}

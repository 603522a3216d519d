package edge

import (
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsapigatewayv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// Origin is the WebSocket API that CloudFront connects to. Set exactly one of
// Stage, API, URL and DomainName.
//
// The connection is HTTPS only, with TLS 1.2 at least. API Gateway takes nothing
// less (API Gateway Developer Guide, "Create WebSocket APIs in API Gateway"), so
// neither is a choice here.
type Origin struct {
	// Stage is a stage of a WebSocket API: an awsapigatewayv2.WebSocketStage, an
	// imported one or a CfnStage, of this stack or of another stack of the app.
	// The host is built from the API's id, the stage's region and the partition's
	// URL suffix, because the url of an imported stage cannot be read. What is
	// imported by attributes counts as being in the region of the stack that imports
	// it; name an API of another region by URL.
	Stage interfacesawsapigatewayv2.IStageRef

	// API is a WebSocket API, owned or imported, whose stage is only known by
	// name. Needs StageName.
	API interfacesawsapigatewayv2.IApiRef

	// StageName is the stage of API.
	StageName string

	// URL is the address that clients use today, stage included:
	// wss://id.execute-api.region.amazonaws.com/stage, in any account and region,
	// or wss://name[/key] of an API's custom domain name. https:// is taken as
	// well, a trailing slash is dropped. A URL that is a token as a whole must
	// have a stage or key; CloudFormation takes it apart.
	URL string

	// DomainName is the host alone, usually an API's custom domain name, where
	// the stage is not part of the address.
	DomainName string

	// Path goes with DomainName: the stage or the API mapping key, such as /prod.
	//
	// Default: no path.
	Path string

	// ReadTimeout is how long CloudFront waits for the answer to the handshake, in
	// whole seconds from 1s to 180s; above 120s AWS has to raise the quota first.
	// API Gateway gives $connect 29 seconds, and CloudFront repeats a GET that
	// was not answered in time, so less than 30 seconds may run $connect twice.
	// It does not limit how long a socket stays open.
	//
	// Default: 30 seconds, CloudFront's own.
	ReadTimeout time.Duration

	// KeepaliveTimeout is how long CloudFront keeps an idle connection to the
	// origin for the next handshake, in whole seconds from 1s to 180s; above 120s
	// AWS has to raise the quota first.
	//
	// Default: 5 seconds, CloudFront's own.
	KeepaliveTimeout time.Duration

	// ConnectionAttempts is how often CloudFront tries to connect, 1 to 3.
	//
	// Default: 3, CloudFront's own.
	ConnectionAttempts int

	// ConnectionTimeout is how long CloudFront waits for each attempt to connect,
	// in whole seconds from 1s to 10s.
	//
	// Default: 10 seconds, CloudFront's own.
	ConnectionTimeout time.Duration

	// CustomHeaders are added to each request to the origin, by name. They replace
	// what the viewer sent under that name. Values stand in the template as they
	// are given: for a secret, give a dynamic reference
	// (awscdk.SecretValue.UnsafeUnwrap), never the secret.
	//
	// Default: none.
	CustomHeaders map[string]string

	// IPAddressType is the IP version CloudFront uses towards the origin. Anything
	// but IPV4 needs an API (or custom domain name) whose own IP address type is
	// dualstack.
	//
	// Default: IPV4, CloudFront's own.
	IPAddressType awscloudfront.OriginIpAddressType
}

func (o *Origin) problems() (p rules.Problems) {
	switch sources := o.sources(); len(sources) {
	case 0:
		p.Addf("Origin", "needs exactly one of Stage, API, URL and DomainName, got none; name the API")
	case 1:
	default:
		p.Addf("Origin", "needs exactly one of Stage, API, URL and DomainName, got %s; keep one", strings.Join(sources, " and "))
	}
	if o.Stage != nil && isHTTP(o.Stage) {
		p.Add("Origin.Stage", errHTTP)
	}
	if o.API != nil && isHTTP(o.API) {
		p.Add("Origin.API", errHTTP)
	}
	if o.DomainName != "" && !token.Is(o.DomainName) {
		if err := rules.OriginHost(o.DomainName); err != nil {
			p.Add("Origin.DomainName", err)
		} else if _, is := rules.ExecuteAPIRegion(o.DomainName); is && strings.Trim(o.Path, "/") == "" {
			p.Addf("Origin.Path", "is required with the API's default endpoint, got none; name the stage, such as /prod")
		}
	}
	if o.Path != "" && o.DomainName == "" {
		p.Addf("Origin.Path", "goes with DomainName only, got %q; drop it, the other sources carry their stage", o.Path)
	}
	if !token.Is(o.Path) {
		p.Add("Origin.Path", rules.OriginPath(normalPath(o.Path)))
	}
	switch {
	case o.API != nil && o.StageName == "":
		p.Addf("Origin.StageName", "is required with API, got none; name the stage that clients connect to")
	case o.API == nil && o.StageName != "":
		p.Addf("Origin.StageName", "goes with API only, got %q; drop it, the other sources carry their stage", o.StageName)
	case o.StageName != "" && !token.Is(o.StageName):
		p.Add("Origin.StageName", rules.StageName(o.StageName))
	}
	plain := rules.Origin{
		URL:                o.URL,
		ReadTimeout:        o.ReadTimeout,
		KeepaliveTimeout:   o.KeepaliveTimeout,
		ConnectionAttempts: o.ConnectionAttempts,
		ConnectionTimeout:  o.ConnectionTimeout,
		CustomHeaders:      o.CustomHeaders,
		IPAddressType:      string(o.IPAddressType),
	}
	return append(p, plain.Problems(token.Is)...)
}

func (o *Origin) sources() []string {
	var set []string
	for _, s := range []struct {
		name string
		is   bool
	}{{"Stage", o.Stage != nil}, {"API", o.API != nil}, {"URL", o.URL != ""}, {"DomainName", o.DomainName != ""}} {
		if s.is {
			set = append(set, s.name)
		}
	}
	return set
}

// endpoint is the address of the API as the template writes it: a host, and a
// path that is empty or starts with a slash.
type endpoint struct{ host, path string }

// endpointOfURL takes apart a URL that is not one token as a whole. Tokens
// within it hold no slash, so the text splits the same.
func (o *Origin) endpointOfURL() (endpoint, error) {
	if !token.Is(o.URL) {
		e, err := rules.ParseEndpoint(o.URL)
		return endpoint{e.Host, e.Path}, err
	}
	address, found := strings.CutPrefix(o.URL, "wss://")
	if !found {
		if address, found = strings.CutPrefix(o.URL, "https://"); !found {
			return endpoint{}, errWholeToken
		}
	}
	host, path, _ := strings.Cut(address, "/")
	return endpoint{host, normalPath(path)}, nil
}

var errWholeToken = errors.New("is one token as a whole")

// endpoint resolves the origin's source in scope's stack.
func (o *Origin) endpoint(scope constructs.Construct) endpoint {
	switch {
	case o.Stage != nil:
		ref := o.Stage.StageRef()
		return endpoint{executeAPIHost(scope, *ref.ApiId, *o.Stage.Env().Region), "/" + *ref.StageName}
	case o.API != nil:
		return endpoint{executeAPIHost(scope, *o.API.ApiRef().ApiId, *o.API.Env().Region), "/" + o.StageName}
	case o.DomainName != "":
		return endpoint{o.DomainName, normalPath(o.Path)}
	}
	e, err := o.endpointOfURL()
	if errors.Is(err, errWholeToken) {
		parts := *awscdk.Fn_Split(jsii.String("/"), &o.URL, jsii.Number(4)) // wss:, nothing, host, stage
		return endpoint{*parts[2], "/" + *parts[3]}
	}
	return e
}

func executeAPIHost(scope constructs.Construct, apiID, region string) string {
	return apiID + ".execute-api." + region + "." + *awscdk.Stack_Of(scope).UrlSuffix()
}

// normalPath gives a non-empty path its leading slash and takes the trailing
// ones off.
func normalPath(path string) string {
	if path = strings.Trim(path, "/"); path != "" {
		path = "/" + path
	}
	return path
}

// apiOrigin is the IOrigin of an [Origin]. It builds on OriginBase rather than
// on HttpOrigin, because the package of the latter costs every importer 32
// further packages to compile.
type apiOrigin struct {
	awscloudfront.OriginBase
	config *awscloudfront.CfnDistribution_CustomOriginConfigProperty
}

// RenderCustomOriginConfig is called by OriginBase when a distribution binds the
// origin.
func (o *apiOrigin) RenderCustomOriginConfig() *awscloudfront.CfnDistribution_CustomOriginConfigProperty {
	return o.config
}

// origin is where an Origin's Go values become those of the CDK.
func (o *Origin) origin(e endpoint) awscloudfront.IOrigin {
	props := &awscloudfront.OriginProps{}
	if e.path != "" {
		props.OriginPath = &e.path
	}
	if o.ConnectionAttempts != 0 {
		props.ConnectionAttempts = jsii.Number(o.ConnectionAttempts)
	}
	if o.ConnectionTimeout != 0 {
		props.ConnectionTimeout = awscdk.Duration_Seconds(jsii.Number(o.ConnectionTimeout.Seconds()))
	}
	if len(o.CustomHeaders) > 0 {
		headers := make(map[string]*string, len(o.CustomHeaders))
		for name, value := range o.CustomHeaders {
			headers[name] = &value
		}
		props.CustomHeaders = &headers
	}
	config := &awscloudfront.CfnDistribution_CustomOriginConfigProperty{
		OriginProtocolPolicy: jsii.String("https-only"),
		OriginSslProtocols:   jsii.Strings("TLSv1.2"),
	}
	if o.ReadTimeout != 0 {
		config.OriginReadTimeout = jsii.Number(o.ReadTimeout.Seconds())
	}
	if o.KeepaliveTimeout != 0 {
		config.OriginKeepaliveTimeout = jsii.Number(o.KeepaliveTimeout.Seconds())
	}
	if o.IPAddressType != "" {
		config.IpAddressType = jsii.String(strings.ToLower(string(o.IPAddressType)))
	}
	origin := &apiOrigin{config: config}
	awscloudfront.NewOriginBase_Override(origin, &e.host, props)
	return origin
}

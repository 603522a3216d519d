package edge

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsapigatewayv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// Origin is the WebSocket API that CloudFront connects to, by [FromStage],
// [FromAPI], [FromURL] or [FromDomainName].
//
// The connection is HTTPS only, with TLS 1.2 at least. API Gateway takes nothing
// less (API Gateway Developer Guide, "Create WebSocket APIs in API Gateway"), so
// neither is a choice here.
type Origin struct {
	source source
	props  OriginProps

	made awscloudfront.IOrigin
	at   endpoint
}

// OriginProps are how CloudFront connects to an [Origin].
type OriginProps struct {
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

	// IPAddressType is the IP version that CloudFront uses to reach the origin.
	// Anything but IPV4 needs an API (or custom domain name) whose own IP address
	// type is dualstack.
	//
	// Default: IPV4, CloudFront's own.
	IPAddressType awscloudfront.OriginIpAddressType
}

// source is what an origin was made from.
type source struct {
	stage     interfacesawsapigatewayv2.IStageRef
	api       interfacesawsapigatewayv2.IApiRef
	stageName string
	url       string
	host      string
	path      string
}

func newOrigin(s source, props *OriginProps) *Origin {
	o := &Origin{source: s}
	if props != nil {
		o.props = *props
		o.props.CustomHeaders = maps.Clone(props.CustomHeaders)
	}
	return o
}

// FromStage makes an origin of a stage of a WebSocket API: an
// awsapigatewayv2.WebSocketStage, an imported one or a CfnStage, of this stack or
// of another stack of the app. props may be nil.
//
// The host is built from the API's id, the stage's region and the partition's URL
// suffix, because the url of an imported stage cannot be read. A stage that is
// imported by attributes counts as being in the region of the stack that imports
// it; name an API of another region by [FromURL].
func FromStage(stage interfacesawsapigatewayv2.IStageRef, props *OriginProps) *Origin {
	return newOrigin(source{stage: stage}, props)
}

// FromAPI makes an origin of a WebSocket API, owned or imported, whose stage is
// known by name only. props may be nil. What [FromStage] says about regions holds
// here, too.
func FromAPI(api interfacesawsapigatewayv2.IApiRef, stageName string, props *OriginProps) *Origin {
	return newOrigin(source{api: api, stageName: stageName}, props)
}

// FromURL makes an origin of the address that clients use today, stage included:
// wss://id.execute-api.region.amazonaws.com/stage, in any account and region, or
// wss://name[/key] of an API's custom domain name. https:// is taken as well, and a
// trailing slash is dropped. A URL that is a token as a whole must have a stage or
// key; CloudFormation takes it apart. props may be nil.
func FromURL(url string, props *OriginProps) *Origin {
	return newOrigin(source{url: url}, props)
}

// FromDomainName makes an origin of a host, usually an API's custom domain name.
// path is the API mapping key, such as "chat", or empty; with the API's default
// endpoint it is the stage. props may be nil.
func FromDomainName(domainName, path string, props *OriginProps) *Origin {
	return newOrigin(source{host: domainName, path: path}, props)
}

// Validate reports everything that is wrong with the origin, one problem a line, or
// nil. Plain values are checked without starting the CDK; tokens are not checked.
func (o *Origin) Validate() error { return o.problems().Err("") }

// IOrigin returns the origin as the CDK's own, for an OriginGroup or a behavior of
// yours. It is the same one each time. It panics with the text of Validate.
func (o *Origin) IOrigin() awscloudfront.IOrigin {
	if err := o.Validate(); err != nil {
		panic(err)
	}
	o.make()
	return o.made
}

// make makes the CDK's origin of a valid one, once.
func (o *Origin) make() {
	if o.made == nil {
		o.at = o.endpoint()
		o.made = o.origin(o.at)
	}
}

// headerNames are the names of the custom headers.
func (o *Origin) headerNames() []string {
	if o == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(o.props.CustomHeaders))
}

func (o *Origin) problems() (p rules.Problems) {
	if o == nil {
		p.Addf("Origin", "is required; name the API by FromStage, FromAPI, FromURL or FromDomainName")
		return p
	}
	switch s := o.source; {
	case s.stage != nil:
		if isHTTP(s.stage) {
			p.Add("Origin.Stage", errHTTP)
		}
	case s.api != nil:
		if isHTTP(s.api) {
			p.Add("Origin.API", errHTTP)
		}
		switch {
		case s.stageName == "":
			p.Addf("Origin.StageName", "is required with an API, got none; name the stage that clients connect to")
		case !token.Is(s.stageName):
			p.Add("Origin.StageName", rules.StageName(s.stageName))
		}
	case s.host != "":
		if !token.Is(s.host) {
			if err := rules.OriginHost(s.host); err != nil {
				p.Add("Origin.DomainName", err)
			} else if _, is := rules.ExecuteAPIRegion(s.host); is && strings.Trim(s.path, "/") == "" {
				p.Addf("Origin.Path", "is required with the API's default endpoint, got none; name the stage, such as /prod")
			}
		}
		if !token.Is(s.path) {
			p.Add("Origin.Path", rules.OriginPath(normalPath(s.path)))
		}
	case s.url == "":
		p.Addf("Origin", "needs an API, got a nil stage or API, or an empty URL or domain name; pass one that exists")
	}
	plain := rules.Origin{
		URL:                o.source.url,
		ReadTimeout:        o.props.ReadTimeout,
		KeepaliveTimeout:   o.props.KeepaliveTimeout,
		ConnectionAttempts: o.props.ConnectionAttempts,
		ConnectionTimeout:  o.props.ConnectionTimeout,
		CustomHeaders:      o.props.CustomHeaders,
		IPAddressType:      string(o.props.IPAddressType),
	}
	return append(p, plain.Problems(token.Is)...)
}

// endpoint is the address of the API as the template writes it: a host, and a
// path that is empty or starts with a slash.
type endpoint struct{ host, path string }

// endpointOfURL takes apart a URL that is not one token as a whole. Tokens
// within it hold no slash, so the text splits the same.
func (o *Origin) endpointOfURL() (endpoint, error) {
	if !token.Is(o.source.url) {
		e, err := rules.ParseEndpoint(o.source.url)
		return endpoint{e.Host, e.Path}, err
	}
	address, found := strings.CutPrefix(o.source.url, "wss://")
	if !found {
		if address, found = strings.CutPrefix(o.source.url, "https://"); !found {
			return endpoint{}, errWholeToken
		}
	}
	host, path, _ := strings.Cut(address, "/")
	return endpoint{host, normalPath(path)}, nil
}

var errWholeToken = errors.New("is one token as a whole")

// endpoint resolves what the origin was made from.
func (o *Origin) endpoint() endpoint {
	switch s := o.source; {
	case s.stage != nil:
		ref := s.stage.StageRef()
		return endpoint{executeAPIHost(*ref.ApiId, *s.stage.Env().Region), "/" + *ref.StageName}
	case s.api != nil:
		return endpoint{executeAPIHost(*s.api.ApiRef().ApiId, *s.api.Env().Region), "/" + s.stageName}
	case s.host != "":
		return endpoint{s.host, normalPath(s.path)}
	}
	e, err := o.endpointOfURL()
	if errors.Is(err, errWholeToken) {
		parts := *awscdk.Fn_Split(jsii.String("/"), &o.source.url, jsii.Number(4)) // wss:, nothing, host, stage
		return endpoint{*parts[2], "/" + *parts[3]}
	}
	return e
}

// api is what the origin tells of the API: its id, stage and region.
func (o *Origin) api() (id, stage, region string) {
	switch s := o.source; {
	case s.stage != nil:
		ref := s.stage.StageRef()
		return *ref.ApiId, *ref.StageName, *s.stage.Env().Region
	case s.api != nil:
		return *s.api.ApiRef().ApiId, s.stageName, *s.api.Env().Region
	}
	e, err := rules.ParseEndpoint("wss://" + o.at.host + o.at.path)
	if err != nil || e.APIID == "" {
		return "", "", ""
	}
	return e.APIID, strings.TrimPrefix(e.Path, "/"), e.Region
}

func executeAPIHost(apiID, region string) string {
	return apiID + ".execute-api." + region + "." + *awscdk.Aws_URL_SUFFIX()
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
	if o.props.ConnectionAttempts != 0 {
		props.ConnectionAttempts = jsii.Number(o.props.ConnectionAttempts)
	}
	if o.props.ConnectionTimeout != 0 {
		props.ConnectionTimeout = awscdk.Duration_Seconds(jsii.Number(o.props.ConnectionTimeout.Seconds()))
	}
	if len(o.props.CustomHeaders) > 0 {
		headers := make(map[string]*string, len(o.props.CustomHeaders))
		for name, value := range o.props.CustomHeaders {
			headers[name] = &value
		}
		props.CustomHeaders = &headers
	}
	config := &awscloudfront.CfnDistribution_CustomOriginConfigProperty{
		OriginProtocolPolicy: jsii.String("https-only"),
		OriginSslProtocols:   jsii.Strings("TLSv1.2"),
	}
	if o.props.ReadTimeout != 0 {
		config.OriginReadTimeout = jsii.Number(o.props.ReadTimeout.Seconds())
	}
	if o.props.KeepaliveTimeout != 0 {
		config.OriginKeepaliveTimeout = jsii.Number(o.props.KeepaliveTimeout.Seconds())
	}
	if o.props.IPAddressType != "" {
		config.IpAddressType = jsii.String(strings.ToLower(string(o.props.IPAddressType)))
	}
	origin := &apiOrigin{config: config}
	awscloudfront.NewOriginBase_Override(origin, &e.host, props)
	return origin
}

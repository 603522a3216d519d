package cloudfront

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// good is a template without findings: a site, and a socket under /ws*.
const good = `{"Resources": {
	"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "a", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}},
	"Connect": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": "$connect"}},
	"Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "ws", "AutoDeploy": true}},
	"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}},
	"Certificate": {"Type": "AWS::CertificateManager::Certificate", "Properties": {"DomainName": "example.com", "SubjectAlternativeNames": ["*.example.com"]}},
	"D": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"Enabled": true, "Aliases": ["app.example.com"],
		"HttpVersion": "http2", "IPV6Enabled": true,
		"ViewerCertificate": {"AcmCertificateArn": {"Ref": "Certificate"}, "SslSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"},
		"Origins": [
			{"Id": "site", "DomainName": {"Fn::GetAtt": ["Bucket", "RegionalDomainName"]}, "S3OriginConfig": {"OriginAccessIdentity": ""}},
			{"Id": "socket", "DomainName": {"Fn::Sub": "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}, "CustomOriginConfig": {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]}}],
		"CacheBehaviors": [{"PathPattern": "/ws*", "TargetOriginId": "socket", "ViewerProtocolPolicy": "https-only",
			"CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac"}],
		"DefaultCacheBehavior": {"TargetOriginId": "site", "ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}}}}}}`

// edit is a change of a template: a value at a path whose steps are names and indices;
// null takes it away.
type edit struct{ path, value string }

// changed is the good template with changes, in a region or none.
func changed(t *testing.T, region string, edits ...edit) *Edge {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(good), &document); err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		var value any
		if err := json.Unmarshal([]byte(e.value), &value); err != nil {
			t.Fatalf("%v in %s", err, e.value)
		}
		path := e.path
		if !strings.HasPrefix(path, "Resources.") {
			path = "Resources.D.Properties.DistributionConfig." + path
		}
		set(document, strings.Split(path, "."), value)
	}
	template, err := cfn.Parse(document, cfn.Environment{Region: region}, allNames())
	if err != nil {
		t.Fatal(err)
	}
	return Read(template, apigateway.Read(template, nil))
}

// allNames are those that the template above needs.
func allNames() cfn.Names {
	all := Names()
	for name, f := range apigateway.Names() {
		all[name] = f
	}
	all["AWS::S3::Bucket.RegionalDomainName"] = func(n cfn.Named) (any, error) { return "bucket.s3.us-east-1.amazonaws.com", nil }
	return all
}

func set(node any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	if list, ok := node.([]any); ok {
		i := slices.Index([]string{"0", "1", "2", "3"}, path[0])
		if i == len(list) {
			return append(list, set(nil, path[1:], value))
		}
		list[i] = set(list[i], path[1:], value)
		return list
	}
	object, _ := node.(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	if next := set(object[path[0]], path[1:], value); next != nil {
		object[path[0]] = next
	} else {
		delete(object, path[0])
	}
	return object
}

const (
	socket = "CacheBehaviors.0."
	site   = "DefaultCacheBehavior."
)

func TestWhatADistributionMayNotSayIsFound(t *testing.T) {
	t.Parallel()
	policy := func(kind, config string) edit {
		return edit{"Resources.P", `{"Type": "AWS::CloudFront::` + kind + `", "Properties": {"` + kind + `Config": ` + config + `}}`}
	}
	cache := func(ttls, headers string) edit {
		return policy("CachePolicy", `{"Name": "p", `+ttls+`, "ParametersInCacheKeyAndForwardedToOrigin": {"EnableAcceptEncodingGzip": `+headers+`,
			"CookiesConfig": {"CookieBehavior": "none"}, "QueryStringsConfig": {"QueryStringBehavior": "none"}}}`)
	}
	const zero, plain = `"MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0`, `false, "HeadersConfig": {"HeaderBehavior": "none"}`
	lambda := func(properties string) []edit {
		return []edit{{"Resources.F", `{"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs22.x", "Handler": "index.handler", "Code": {"S3Bucket": "b", "S3Key": "k"}` + properties + `}}`},
			{"Resources.V", `{"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "F"}}}`},
			{socket + "LambdaFunctionAssociations", `[{"EventType": "viewer-request", "LambdaFunctionARN": {"Ref": "V"}}]`}}
	}
	arn := func(text string) []edit {
		return []edit{{socket + "LambdaFunctionAssociations", `[{"EventType": "origin-request", "LambdaFunctionARN": ` + text + `}]`}}
	}
	function := func(config string) edit {
		return edit{"Resources.F", `{"Type": "AWS::CloudFront::Function", "Properties": {"Name": "f", "AutoPublish": true, "FunctionCode": "function handler(event) { return event.request; }",
			"FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0"` + config + `}}}`}
	}
	group := func(members string) edit {
		return edit{"OriginGroups", `{"Quantity": 1, "Items": [{"Id": "g", "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [503]}}, "Members": ` + members + `}]}`}
	}
	groupOf := func(a, b string) edit {
		return group(`{"Quantity": 2, "Items": [{"OriginId": "` + a + `"}, {"OriginId": "` + b + `"}]}`)
	}
	second := edit{"Origins.2", `{"Id": "other", "DomainName": "other.example.com", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}`}
	deployment := func(config string) []edit {
		return []edit{{"Resources.R", `{"Type": "AWS::CloudFront::ContinuousDeploymentPolicy", "Properties": {"ContinuousDeploymentPolicyConfig": {"Enabled": false, "StagingDistributionDnsNames": ["d.cloudfront.net"],
			"TrafficConfig": ` + config + `}}}`}, {"ContinuousDeploymentPolicyId", `{"Ref": "R"}`}}
	}
	headers := func(remove string) []edit {
		return []edit{{"Resources.H", `{"Type": "AWS::CloudFront::ResponseHeadersPolicy", "Properties": {"ResponseHeadersPolicyConfig": {"Name": "h", "RemoveHeadersConfig": {"Items": [{"Header": "` + remove + `"}]}}}}`},
			{socket + "ResponseHeadersPolicyId", `{"Ref": "H"}`}}
	}
	for _, tt := range []struct {
		name, rule, word string
		region           string
		edits            []edit
	}{
		{name: "the good template"},
		{name: "the good template in us-east-1", region: "us-east-1"},

		{name: "an alias with a scheme", rule: "distribution.alias-form", word: "https://app.example.com", edits: []edit{{"Aliases", `["https://app.example.com"]`}}},
		{name: "an alias with a wildcard inside a label", rule: "distribution.alias-form", word: "a*.example.com", edits: []edit{{"Aliases", `["a*.example.com"]`}}},
		{name: "a wildcard alias", edits: []edit{{"Aliases", `["*.example.com"]`}}},
		{name: "an alias that is decided later", edits: []edit{{"Aliases", `["app.example.com", {"Fn::ImportValue": "name"}]`}}},
		{name: "an alias twice", rule: "distribution.alias-twice", word: "APP.example.com", edits: []edit{{"Aliases", `["app.example.com", "APP.example.com"]`}}},
		{name: "an alias of two distributions", rule: "distribution.alias-twice", word: "distribution D as well", edits: []edit{{"Resources.E", `{"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"Enabled": true,
			"Aliases": ["app.example.com"], "ViewerCertificate": {"AcmCertificateArn": {"Ref": "Certificate"}, "MinimumProtocolVersion": "TLSv1.2_2021"},
			"Origins": [{"Id": "o", "DomainName": "o.example.com", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}],
			"DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}}}}`}}},
		{name: "no certificate", rule: "distribution.certificate", word: "need a certificate", edits: []edit{{"ViewerCertificate", `null`}}},
		{name: "the default certificate", rule: "distribution.certificate", word: "*.cloudfront.net", edits: []edit{{"ViewerCertificate", `{"CloudFrontDefaultCertificate": true}`}}},
		{name: "a certificate that is given later", edits: []edit{{"ViewerCertificate.AcmCertificateArn", `{"Fn::ImportValue": "certificate"}`}}},
		{name: "a certificate of another region", rule: "distribution.certificate", word: "eu-west-1", edits: []edit{{"ViewerCertificate.AcmCertificateArn", `"arn:aws:acm:eu-west-1:123456789012:certificate/x"`}}},
		{name: "a certificate of a stack in another region", region: "eu-west-1", rule: "distribution.certificate", word: "eu-west-1 with its stack"},
		{name: "a certificate for other names", rule: "distribution.certificate-names", word: "not for the alias app.example.com", edits: []edit{{"Resources.Certificate.Properties.SubjectAlternativeNames", `["*.example.org"]`}}},
		{name: "a certificate whose names are given later", edits: []edit{{"Resources.Certificate.Properties.SubjectAlternativeNames", `[{"Fn::ImportValue": "name"}]`}}},
		{name: "a wildcard certificate covers one label", rule: "distribution.certificate-names", word: "a.b.example.com", edits: []edit{{"Aliases", `["a.b.example.com"]`}}},

		{name: "a pattern twice", rule: "distribution.pattern-twice", word: "ws*", edits: []edit{{"CacheBehaviors.1", `{"PathPattern": "ws*", "TargetOriginId": "site", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}`}}},
		{name: "an origin id twice", rule: "distribution.origin-id", word: `"socket"`, edits: []edit{{"Origins.0.Id", `"socket"`}, {site + "TargetOriginId", `"socket"`}, {site + "OriginRequestPolicyId", `"b689b0a8-53d0-40ab-baf2-68738e2966ac"`}}},
		{name: "no origin", rule: "distribution.origin-id", word: "no origin", edits: []edit{{"Origins", `null`}}},
		{name: "an origin group", edits: []edit{groupOf("socket", "other"), second, {socket + "TargetOriginId", `"g"`}}},
		{name: "a group with one member", rule: "distribution.group-members", word: "1 members", edits: []edit{group(`{"Quantity": 1, "Items": [{"OriginId": "socket"}]}`)}},
		{name: "a group with a member twice", rule: "distribution.group-members", word: "twice", edits: []edit{groupOf("socket", "socket")}},
		{name: "a group of what is no origin", rule: "distribution.group-members", word: `"nothing"`, edits: []edit{groupOf("socket", "nothing")}},
		{name: "a wrong quantity of members", rule: "distribution.quantity", word: "Quantity is 3", edits: []edit{second, group(`{"Quantity": 3, "Items": [{"OriginId": "socket"}, {"OriginId": "other"}]}`)}},
		{name: "a wrong quantity of groups", rule: "distribution.quantity", word: "Quantity is 2, and there are 1", edits: []edit{second, groupOf("socket", "other"), {"OriginGroups.Quantity", `2`}}},
		{name: "POST to a group", rule: "distribution.group-methods", word: "POST", edits: []edit{second, groupOf("socket", "other"), {socket + "TargetOriginId", `"g"`}, {socket + "AllowedMethods", `["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]`}}},

		{name: "methods that are no set", rule: "edge.methods-set", word: "GET, HEAD, POST", edits: []edit{{socket + "AllowedMethods", `["GET", "HEAD", "POST"]`}}},
		{name: "all methods in another order", edits: []edit{{socket + "AllowedMethods", `["DELETE", "PATCH", "POST", "PUT", "HEAD", "GET", "OPTIONS"]`}}},
		{name: "cached methods that are no set", rule: "edge.methods-set", word: "caches", edits: []edit{{socket + "CachedMethods", `["GET"]`}}},
		{name: "a cached method that is not allowed", rule: "edge.methods-set", word: "OPTIONS is cached and not allowed", edits: []edit{{socket + "CachedMethods", `["GET", "HEAD", "OPTIONS"]`}}},

		{name: "two ways to say what is cached", rule: "policy.both", word: "at once", edits: []edit{{socket + "ForwardedValues", `{"QueryString": true}`}}},
		{name: "neither way", rule: "policy.both", word: "neither", edits: []edit{{site + "CachePolicyId", `null`}}},
		{name: "an origin request policy without a cache policy", rule: "policy.both", word: "without CachePolicyId", edits: []edit{{socket + "CachePolicyId", `null`}, {socket + "ForwardedValues", `{"QueryString": true}`}}},
		{name: "a TTL beside a cache policy", rule: "policy.both", word: "MinTTL at once", edits: []edit{{socket + "MinTTL", `0`}}},
		{name: "TTLs out of order", rule: "policy.ttl-order", word: "MinTTL (5) is above MaxTTL (1)", edits: []edit{{site + "CachePolicyId", `null`}, {site + "ForwardedValues", `{"QueryString": true}`}, {site + "MinTTL", `5`}, {site + "MaxTTL", `1`}}},
		{name: "a cache policy with TTLs out of order", rule: "policy.ttl-order", word: "DefaultTTL (9) is above MaxTTL (1)", edits: []edit{cache(`"MinTTL": 0, "DefaultTTL": 9, "MaxTTL": 1`, plain)}},
		{name: "compression without caching", rule: "policy.ttl", word: "EnableAcceptEncodingGzip", edits: []edit{cache(zero, `true, "HeadersConfig": {"HeaderBehavior": "none"}`)}},
		{name: "a cache policy of nothing", edits: []edit{cache(zero, plain)}},
		{name: "a list that is missing", rule: "policy.items", word: "needs a list of headers", edits: []edit{cache(`"MinTTL": 0, "DefaultTTL": 1, "MaxTTL": 1`, `false, "HeadersConfig": {"HeaderBehavior": "whitelist"}`)}},
		{name: "a list that is too much", rule: "policy.items", word: "takes no list of headers", edits: []edit{cache(zero, `false, "HeadersConfig": {"HeaderBehavior": "none", "Headers": ["Origin"]}`)}},
		{name: "eleven headers in a cache policy", rule: "policy.quota", word: "11 headers", edits: []edit{cache(`"MinTTL": 0, "DefaultTTL": 1, "MaxTTL": 1`, `false, "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]}`)}},
		{name: "Host in the cache key", rule: "api.host", word: "cache policy P forwards", edits: []edit{cache(`"MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 1`, `false, "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["Host"]}`), {socket + "CachePolicyId", `{"Ref": "P"}`}}},
		{name: "all headers of ForwardedValues", rule: "api.host", word: "ForwardedValues forwards", edits: []edit{{socket + "CachePolicyId", `null`}, {socket + "OriginRequestPolicyId", `null`}, {socket + "ForwardedValues", `{"QueryString": true, "Headers": ["*"]}`}}},
		{name: "a caching socket keeps refusals", rule: "distribution.error-caching", word: "for 10 s", edits: []edit{{socket + "CachePolicyId", `"658327ea-f89d-4fab-a63d-7e88639e58f6"`}}},

		{name: "a property from before Aliases", rule: "distribution.legacy", word: "CNAMEs", edits: []edit{{"CNAMEs", `["a.example.com"]`}}},
		{name: "Anycast and a price class", rule: "distribution.anycast", word: "PriceClass_100", edits: []edit{{"AnycastIpListId", `"aip_1"`}, {"PriceClass", `"PriceClass_100"`}}},
		{name: "a whitelist of nothing", rule: "edge.geo-locations", word: "lists no country", edits: []edit{{"Restrictions", `{"GeoRestriction": {"RestrictionType": "whitelist"}}`}}},
		{name: "countries of no restriction", rule: "edge.geo-locations", word: "none, and lists DE", edits: []edit{{"Restrictions", `{"GeoRestriction": {"RestrictionType": "none", "Locations": ["DE"]}}`}}},
		{name: "a country that is none", rule: "edge.geo-locations", word: "UK", edits: []edit{{"Restrictions", `{"GeoRestriction": {"RestrictionType": "blacklist", "Locations": ["UK"]}}`}}},
		{name: "tenants and aliases", rule: "distribution.tenant-only", word: "Aliases", edits: []edit{{"ConnectionMode", `"tenant-only"`}}},
		{name: "a staging distribution with aliases", rule: "distribution.staging", word: "app.example.com", edits: []edit{{"Staging", `true`}}},
		{name: "half of the handshakes to staging", rule: "distribution.continuous-deployment", word: "0.5", edits: deployment(`{"Type": "SingleWeight", "SingleWeightConfig": {"Weight": 0.5}}`)},
		{name: "15 percent to staging", edits: deployment(`{"Type": "SingleWeight", "SingleWeightConfig": {"Weight": 0.15}}`)},
		{name: "a header of another name for staging", rule: "distribution.continuous-deployment", word: "x-staging", edits: deployment(`{"Type": "SingleHeader", "SingleHeaderConfig": {"Header": "x-staging", "Value": "1"}}`)},
		{name: "staging and HTTP/3", rule: "distribution.continuous-deployment", word: "http2and3", edits: append(deployment(`{"Type": "SingleWeight", "SingleWeightConfig": {"Weight": 0.1}}`), edit{"HttpVersion", `"http2and3"`})},
		{name: "logs to a bucket without ACLs", rule: "distribution.log-bucket", word: "no OwnershipControls", edits: []edit{{"Logging", `{"Bucket": {"Fn::GetAtt": ["Bucket", "DomainName"]}}`}}},
		{name: "logs to a bucket that turns ACLs off", rule: "distribution.log-bucket", word: "BucketOwnerEnforced", edits: []edit{{"Logging", `{"Bucket": {"Fn::GetAtt": ["Bucket", "DomainName"]}}`},
			{"Resources.Bucket.Properties.OwnershipControls", `{"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}`}}},
		{name: "logs to a bucket with ACLs", edits: []edit{{"Logging", `{"Bucket": {"Fn::GetAtt": ["Bucket", "DomainName"]}}`},
			{"Resources.Bucket.Properties.OwnershipControls", `{"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}`}}},
		{name: "no behavior leads to the API", rule: "distribution.no-socket", word: "WebSocket API Api", edits: []edit{{"CacheBehaviors", `null`}}},

		{name: "gRPC without POST", rule: "edge.grpc", word: "POST", edits: []edit{{socket + "GrpcConfig", `{"Enabled": true}`}}},
		{name: "a response headers policy that is none", rule: "response.policy", word: `"none"`, edits: []edit{{socket + "ResponseHeadersPolicyId", `"none"`}}},
		{name: "a managed response headers policy", edits: []edit{{socket + "ResponseHeadersPolicyId", `"67f7725c-6f97-4210-82d7-5512b31e9d03"`}}},
		{name: "a response headers policy of another kind", rule: "response.policy", word: "AWS::S3::Bucket", edits: []edit{{socket + "ResponseHeadersPolicyId", `{"Ref": "Bucket"}`}}},
		{name: "a header that cannot be removed", rule: "response.policy", word: "X-Cache", edits: headers("X-Cache")},
		{name: "a header of the handshake that is removed", rule: "response.removes", word: "Sec-WebSocket-Accept", edits: headers("Sec-WebSocket-Accept")},
		{name: "another header that is removed", edits: headers("Server")},
		{name: "mTLS without a trust store", rule: "viewer.mtls", word: "no trust store", edits: []edit{{"ViewerMtlsConfig", `{"Mode": "optional"}`}}},
		{name: "mTLS and HTTP/3", rule: "viewer.mtls", word: "HTTP/3", edits: []edit{{"ViewerMtlsConfig", `{"Mode": "optional", "TrustStoreConfig": {"TrustStoreId": "t"}}`}, {"HttpVersion", `"http3"`}}},
		{name: "mTLS that every client needs", rule: "viewer.mtls-required", word: "without a certificate", edits: []edit{{"ViewerMtlsConfig", `{"Mode": "required", "TrustStoreConfig": {"TrustStoreId": "t"}}`}}},
		{name: "a connection function without mTLS", rule: "viewer.mtls", word: "needs ViewerMtlsConfig", edits: []edit{{"ConnectionFunctionAssociation", `{"Id": "c"}`}}},
		{name: "a connection function that is not published", rule: "viewer.mtls", word: "not published", edits: []edit{{"ConnectionFunctionAssociation", `{"Id": {"Ref": "C"}}`}, {"ViewerMtlsConfig", `{"Mode": "optional", "TrustStoreConfig": {"TrustStoreId": "t"}}`},
			{"Resources.C", `{"Type": "AWS::CloudFront::ConnectionFunction", "Properties": {"Name": "c", "AutoPublish": false, "ConnectionFunctionCode": "x", "ConnectionFunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0"}}}`}}},

		{name: "a port below 1024", rule: "origin.port", word: "HTTPPort is 22", edits: []edit{{"Origins.1.CustomOriginConfig.HTTPPort", `22`}}},
		{name: "Origin Shield without a region", rule: "origin.shield", word: "OriginShieldRegion", edits: []edit{{"Origins.1.OriginShield", `{"Enabled": true}`}}},
		{name: "Origin Shield", edits: []edit{{"Origins.1.OriginShield", `{"Enabled": true, "OriginShieldRegion": "us-east-1"}`}}},
		{name: "an access control for the API", rule: "origin.access-control", word: "does not sign", edits: []edit{{"Origins.1.OriginAccessControlId", `"E1"`}}},
		{name: "a client certificate for the API", rule: "origin.mtls", word: "client certificate", edits: []edit{{"Origins.1.CustomOriginConfig.OriginMtlsConfig", `{"ClientCertificateArn": "arn"}`}}},
		{name: "IPv6 to an API without", rule: "origin.ip-type", word: "IPv6 only", edits: []edit{{"Origins.1.CustomOriginConfig.IpAddressType", `"ipv6"`}}},
		{name: "IPv6 to an API with both", edits: []edit{{"Origins.1.CustomOriginConfig.IpAddressType", `"ipv6"`}, {"Resources.Api.Properties.IpAddressType", `"dualstack"`}}},

		{name: "key groups of another kind", rule: "edge.key-group", word: "AWS::S3::Bucket", edits: []edit{{site + "TrustedKeyGroups", `[{"Ref": "Bucket"}]`}}},
		{name: "a public key that is none", rule: "edge.key-group", word: "not in PEM", edits: []edit{{"Resources.K", `{"Type": "AWS::CloudFront::PublicKey", "Properties": {"PublicKeyConfig": {"Name": "k", "CallerReference": "c", "EncodedKey": "abc"}}}`}}},
		{name: "six keys in a group", rule: "edge.key-group", word: "6 public keys", edits: []edit{{"Resources.G", `{"Type": "AWS::CloudFront::KeyGroup", "Properties": {"KeyGroupConfig": {"Name": "g", "Items": ["a", "b", "c", "d", "e", "f"]}}}`}}},

		{name: "a function with a store", edits: []edit{function(`, "KeyValueStoreAssociations": [{"KeyValueStoreARN": {"Fn::GetAtt": ["S", "Arn"]}}]`), {"Resources.S", `{"Type": "AWS::CloudFront::KeyValueStore", "Properties": {"Name": "s"}}`}}},
		{name: "a function with a store by its name", rule: "function.store", word: "Ref of S", edits: []edit{function(`, "KeyValueStoreAssociations": [{"KeyValueStoreARN": {"Ref": "S"}}]`), {"Resources.S", `{"Type": "AWS::CloudFront::KeyValueStore", "Properties": {"Name": "s"}}`}}},
		{name: "a function with two stores", rule: "function.store", word: "2 key value stores", edits: []edit{function(`, "KeyValueStoreAssociations": [{"KeyValueStoreARN": "arn:aws:cloudfront::123456789012:key-value-store/a"}, {"KeyValueStoreARN": "arn:aws:cloudfront::123456789012:key-value-store/b"}]`)}},
		{name: "a store that is no ARN", rule: "function.store", word: `"store"`, edits: []edit{function(`, "KeyValueStoreAssociations": [{"KeyValueStoreARN": "store"}]`)}},
		{name: "two functions of one name", rule: "function.name", word: `"f"`, edits: []edit{function(``), {"Resources.G", `{"Type": "AWS::CloudFront::Function", "Properties": {"Name": "f", "AutoPublish": true, "FunctionCode": "function handler(e) { return e.request; }", "FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0"}}}`}}},

		{name: "a version of a function", edits: lambda(``)},
		{name: "a function without a version", rule: "function.lambda-arn", word: "without a version", edits: append(lambda(``), arn(`{"Fn::GetAtt": ["F", "Arn"]}`)...)},
		{name: "a function's alias", rule: "function.lambda-arn", word: "alias", edits: append(append(lambda(``), edit{"Resources.A", `{"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "F"}, "FunctionVersion": "1", "Name": "live"}}`}), arn(`{"Ref": "A"}`)...)},
		{name: "an ARN with $LATEST", rule: "function.lambda-arn", word: "$LATEST", edits: arn(`"arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST"`)},
		{name: "an ARN of another region", rule: "function.lambda-arn", word: "eu-west-1", edits: arn(`"arn:aws:lambda:eu-west-1:123456789012:function:f:3"`)},
		{name: "an ARN of a version", edits: arn(`"arn:aws:lambda:us-east-1:123456789012:function:f:3"`)},
		{name: "an ARN that is given later", edits: arn(`{"Fn::ImportValue": "arn"}`)},
		{name: "environment variables at the edge", rule: "function.lambda-features", word: "environment variables", edits: lambda(`, "Environment": {"Variables": {"A": "1"}}`)},
		{name: "an empty environment at the edge", edits: lambda(`, "Environment": {"Variables": {}}`)},
		{name: "arm64 at the edge", rule: "function.lambda-features", word: "arm64", edits: lambda(`, "Architectures": ["arm64"]`)},
		{name: "a VPC at the edge", rule: "function.lambda-features", word: "a VPC", edits: lambda(`, "VpcConfig": {"SubnetIds": ["s"]}`)},
		{name: "layers at the edge", rule: "function.lambda-features", word: "layers", edits: lambda(`, "Layers": ["arn"]`)},
		{name: "another runtime at the edge", rule: "function.lambda-runtime", word: "java21", edits: lambda(`, "Runtime": "java21"`)},
		{name: "a long timeout on a viewer event", rule: "function.lambda-quota", word: "Timeout 30", edits: lambda(`, "Timeout": 30`)},
		{name: "a role that the edge cannot assume", rule: "function.lambda-role", word: "edgelambda.amazonaws.com", edits: append(lambda(`, "Role": {"Fn::GetAtt": ["Role", "Arn"]}`),
			edit{"Resources.Role", `{"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}}}`})},
		{name: "a role that the edge can assume", edits: append(lambda(`, "Role": {"Fn::GetAtt": ["Role", "Arn"]}`),
			edit{"Resources.Role", `{"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]}}}}}`})},
		{name: "a web ACL of another scope", rule: "distribution.web-acl", word: "scope REGIONAL", edits: []edit{{"WebACLId", `{"Fn::GetAtt": ["W", "Arn"]}`},
			{"Resources.W", `{"Type": "AWS::WAFv2::WebACL", "Properties": {"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}}}`}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var found trace.Findings
			changed(t, tt.region, tt.edits...).Check(&found)
			if tt.rule == "" {
				for _, f := range found {
					t.Errorf("false alarm: %s at %s: %s", f.Rule.ID, f.Place, f.Reason)
				}
				return
			}
			i := slices.IndexFunc(found, func(f trace.Finding) bool { return f.Rule.ID == tt.rule && strings.Contains(f.Reason, tt.word) })
			if i < 0 {
				t.Fatalf("no %s with %q among %v", tt.rule, tt.word, found)
			}
			if f := found[i]; f.Fix == "" || !strings.HasPrefix(f.Place, "Resources.") || f.Rule.Severity == "" {
				t.Errorf("the finding lacks a fix, a place or a severity: %+v", f)
			}
			for _, f := range found {
				if f.Rule.ID != tt.rule && f.Rule.Severity == rules.SeverityError {
					t.Logf("besides: %s at %s: %s", f.Rule.ID, f.Place, f.Reason)
				}
			}
		})
	}
}

package update

// uniqueness is what there can be one of, for each type of resource that our
// constructs define: the properties that together may not be the same twice, in the
// account and region or, for global services, the account. Types whose names AWS
// makes up are listed without. Sources: the API reference of each service, under the
// operation that creates the resource.
var uniqueness = map[string][][]string{
	"AWS::ApiGateway::Account":               nil, // a setting, which can be set again at any time
	"AWS::ApiGateway::ApiKey":                {{"Value"}},
	"AWS::ApiGateway::UsagePlan":             nil,
	"AWS::ApiGateway::UsagePlanKey":          {{"KeyId", "UsagePlanId"}},
	"AWS::ApiGatewayV2::Api":                 nil,
	"AWS::ApiGatewayV2::Integration":         nil,
	"AWS::ApiGatewayV2::IntegrationResponse": {{"ApiId", "IntegrationId", "IntegrationResponseKey"}},
	"AWS::ApiGatewayV2::Route":               {{"ApiId", "RouteKey"}},
	"AWS::ApiGatewayV2::RouteResponse":       {{"ApiId", "RouteId", "RouteResponseKey"}},
	"AWS::ApiGatewayV2::Stage":               {{"ApiId", "StageName"}},
	"AWS::CloudFront::Distribution":          {{"DistributionConfig.Aliases"}},
	"AWS::CloudFront::Function":              {{"Name"}},
	"AWS::CloudFront::OriginRequestPolicy":   {{"OriginRequestPolicyConfig.Name"}},
	"AWS::CloudWatch::Alarm":                 {{"AlarmName"}},
	"AWS::CloudWatch::Dashboard":             {{"DashboardName"}},
	"AWS::IAM::Role":                         {{"RoleName"}},
	"AWS::Logs::Delivery":                    {{"DeliverySourceName", "DeliveryDestinationArn"}},
	"AWS::Logs::DeliveryDestination":         {{"Name"}},
	// "This ResourceId has already been used in another Delivery Source in this
	// account" (CloudFormation coverage roadmap, issue 2513).
	"AWS::Logs::DeliverySource":   {{"Name"}, {"ResourceArn", "LogType"}},
	"AWS::Logs::LogGroup":         {{"LogGroupName"}},
	"AWS::Route53::RecordSet":     {{"HostedZoneId", "Name", "Type"}},
	"AWS::S3::Bucket":             {{"BucketName"}},
	"AWS::S3::BucketPolicy":       {{"Bucket"}},
	"AWS::SNS::Topic":             {{"TopicName"}},
	"AWS::SNS::TopicPolicy":       nil,
	"AWS::SecretsManager::Secret": {{"Name"}},
	"AWS::WAFv2::IPSet":           {{"Name", "Scope"}},
	"AWS::WAFv2::WebACL":          {{"Name", "Scope"}},
}

// unchangeable are properties that the schemas let change and the service does not.
var unchangeable = map[string][]string{
	// "Update to existing Delivery Source with new ResourceId is not allowed"
	// (CloudFormation coverage roadmap, issue 2513).
	"AWS::Logs::DeliverySource": {"ResourceArn", "LogType"},
	// UpdateIPSet has no IPAddressVersion (AWS WAF API Reference).
	"AWS::WAFv2::IPSet": {"IPAddressVersion"},
}

// global are the types whose names are the account's in all regions, or everybody's.
var global = map[string]bool{
	"AWS::CloudFront::Distribution":        true,
	"AWS::CloudFront::Function":            true,
	"AWS::CloudFront::OriginRequestPolicy": true,
	"AWS::CloudWatch::Dashboard":           true,
	"AWS::IAM::Role":                       true,
	"AWS::Route53::RecordSet":              true,
	"AWS::S3::Bucket":                      true,
}

// remembered is the service of whose resources CloudFormation does not reset what a
// template stops naming: the update succeeds and changes nothing (CloudFormation
// coverage roadmap, issue 2184; aws-cdk, issues 14424 and 20695).
const remembered = "AWS::ApiGatewayV2::"

// unsayable are its properties that have no value for what they are without.
var unsayable = map[string]bool{
	// Its absence is DeleteAccessLogSettings (API Gateway API Reference).
	"AWS::ApiGatewayV2::Stage AccessLogSettings": true,
}

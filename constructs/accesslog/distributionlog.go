package accesslog

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// DefaultRetentionDays is for how long logs are kept.
const DefaultRetentionDays = 90

// Fields are what a line has unless more is asked for: when the connection closed,
// how long it was open, the bytes of both ways, protocol, result and edge. The
// query string, cookies and the referring page are not among them.
func Fields() []string {
	return []string{
		"date", "time", "time-taken", "time-to-first-byte", "cs-bytes", "sc-bytes",
		"cs-protocol", "cs-protocol-version", "ssl-protocol", "cs-method", "x-host-header", "cs-uri-stem", "sc-status",
		"x-edge-result-type", "x-edge-response-result-type", "x-edge-detailed-result-type",
		"x-edge-location", "x-edge-request-id", "c-ip", "cs(User-Agent)",
	}
}

// DistributionLogProps are the properties of a [DistributionLog].
type DistributionLogProps struct {
	// Distribution is whose connections are logged. It can have one log of this
	// kind. Required.
	Distribution interfacesawscloudfront.IDistributionRef

	// LogGroup is a log group of yours in us-east-1, with the retention that you
	// gave it.
	//
	// Default: one is made, and kept when the stack is deleted.
	LogGroup interfacesawslogs.ILogGroupRef

	// ToBucket writes to an S3 bucket rather than to CloudWatch Logs. One is made,
	// private, encrypted, over TLS only, and kept when the stack is deleted.
	ToBucket bool

	// Bucket is a bucket of yours to write to, whose policy must let
	// delivery.logs.amazonaws.com write objects (CloudWatch Logs User Guide, "Logs
	// sent to Amazon S3"). The CDK adds that where the bucket is of this app.
	//
	// Default: none.
	Bucket awss3.IBucket

	// RetentionDays is for how long what is made here keeps logs. CloudWatch Logs
	// knows certain numbers, such as 30, 90, 365.
	//
	// Default: 90.
	RetentionDays int

	// AdditionalFields are further fields of each line, by the names that
	// CloudFront gives them (CloudFront Developer Guide, "Standard logging
	// reference"). With cs-uri-query, the tokens of viewers are in the log.
	//
	// Default: none.
	AdditionalFields []string
}

// Validate reports everything that is wrong with the props, one problem a line, or
// nil.
func (p *DistributionLogProps) Validate() error {
	return p.problems("").Err("")
}

// problems lists what is wrong with the props in a stack of region, which is empty
// where that is not known.
func (p *DistributionLogProps) problems(region string) (problems rules.Problems) {
	if p == nil {
		p = &DistributionLogProps{}
	}
	if p.Distribution == nil {
		problems.Addf("Distribution", "is required; pass the distribution to log")
	}
	plain := rules.AccessLog{ToBucket: p.ToBucket, RetentionDays: p.RetentionDays, AdditionalFields: p.AdditionalFields, Region: region}
	if p.LogGroup != nil {
		plain.LogGroup = *p.LogGroup.LogGroupRef().LogGroupName
	}
	if p.Bucket != nil {
		plain.Bucket = *p.Bucket.BucketName()
	}
	return append(problems, plain.Problems(token.Is)...)
}

// DistributionLog is the access log of a distribution, in JSON, by CloudFront's
// standard logging (v2).
//
// Writing to CloudWatch Logs needs a resource policy there, which AWS adds by itself
// if the deploying role may (CloudWatch Logs User Guide, "Logs sent to CloudWatch
// Logs"); that of the CDK's bootstrap may. The role also needs
// cloudfront:AllowVendedLogDeliveryForResource (CloudFront Developer Guide,
// "Configure standard logging (v2)").
//
// The destination can be changed in one deploy: the new delivery starts before the
// old one ends, and the log group or bucket that was made for the old one stays.
// AWS documents several deliveries from one source (CloudWatch Logs API Reference,
// CreateDelivery); whether two may be of one kind, as from a log group to another,
// it does not say. If the deploy is refused for that, remove the log in one deploy
// and define it with the new destination in the next. To log another distribution,
// define another log with an id of its own.
//
// Child ids: LogGroup or Bucket; Source; Destination and Delivery, followed by
// -bucket for the bucket that is made, or by a hash of the name of a log group or
// bucket of yours.
type DistributionLog struct {
	constructs.Construct
	logGroup interfacesawslogs.ILogGroupRef
	bucket   awss3.IBucket
}

// NewDistributionLog defines the log in scope, whose stack must be in us-east-1. It
// panics with the text of props.Validate before it defines anything.
func NewDistributionLog(scope constructs.Construct, id string, props *DistributionLogProps) *DistributionLog {
	if err := props.problems(*awscdk.Stack_Of(scope).Region()).Err(""); err != nil {
		panic(fmt.Errorf("DistributionLog %q: %w", id, err))
	}
	d := &DistributionLog{}
	constructs.NewConstruct_Override(d, scope, &id)
	days := props.RetentionDays
	if days == 0 {
		days = DefaultRetentionDays
	}
	stack := awscdk.Stack_Of(d)
	source := awslogs.NewCfnDeliverySource(d, jsii.String("Source"), &awslogs.CfnDeliverySourceProps{
		Name:    d.name("source"),
		LogType: jsii.String("ACCESS_LOGS"),
		ResourceArn: stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("cloudfront"), Region: jsii.String(""),
			Resource: jsii.String("distribution"), ResourceName: props.Distribution.DistributionRef().DistributionId,
		}),
	})
	to := d.destination(props, days)
	var policy constructs.IDependable
	if d.bucket != nil {
		policy = d.letWrite(source)
	}
	destination := awslogs.NewCfnDeliveryDestination(d, jsii.String("Destination"+to.suffix), &awslogs.CfnDeliveryDestinationProps{
		Name:                   d.name(to.name),
		DestinationResourceArn: to.arn,
		OutputFormat:           jsii.String("json"),
	})
	delivery := awslogs.NewCfnDelivery(d, jsii.String("Delivery"+to.suffix), &awslogs.CfnDeliveryProps{
		DeliverySourceName:     source.Ref(),
		DeliveryDestinationArn: destination.AttrArn(),
		RecordFields:           jsii.Strings(fields(props.AdditionalFields)...),
	})
	if policy != nil {
		delivery.Node().AddDependency(policy)
	}
	return d
}

// LogGroup returns where the log goes, nil if to a bucket.
func (d *DistributionLog) LogGroup() interfacesawslogs.ILogGroupRef { return d.logGroup }

// Bucket returns where the log goes, nil if to CloudWatch Logs.
func (d *DistributionLog) Bucket() awss3.IBucket { return d.bucket }

// fields are the usual ones and further ones, each once.
func fields(further []string) []string {
	all := Fields()
	for _, field := range further {
		if !slices.Contains(all, field) {
			all = append(all, field)
		}
	}
	return all
}

// destination is where the log goes, and how the resources that are there for that
// one place are told from those for another.
type destination struct {
	arn *string
	// suffix is that of construct ids, and name the end of the physical name.
	suffix, name string
}

// destination makes the log group or bucket that the props do not bring, and says
// how it is called. What a delivery destination stands for cannot be changed, and
// CloudFormation does not replace a resource that keeps its name: so another place
// is another destination with another delivery, which is there before the old one
// goes. The source stays: a distribution has one.
func (d *DistributionLog) destination(props *DistributionLogProps, days int) destination {
	switch {
	case props.Bucket != nil:
		d.bucket = props.Bucket
		return d.yours("bucket", d.bucket.BucketName(), d.bucket.BucketArn())
	case props.ToBucket:
		d.bucket = newBucket(d, days)
		return destination{d.bucket.BucketArn(), "-bucket", "bucket"}
	case props.LogGroup != nil:
		d.logGroup = props.LogGroup
		ref := d.logGroup.LogGroupRef()
		return d.yours("log group", ref.LogGroupName, ref.LogGroupArn)
	}
	d.logGroup = newLogGroup(d, days)
	return destination{d.logGroup.LogGroupRef().LogGroupArn, "", "destination"}
}

// yours is a destination that the caller brings, known by its name.
func (d *DistributionLog) yours(kind string, name, arn *string) destination {
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(kind+" "+token.Name(d, *name))))[:8]
	return destination{arn, "-" + hash, hash}
}

// name is unique in the account, as deliveries want it, and no longer than the 60
// characters that they take.
func (d *DistributionLog) name(part string) *string {
	name := awscdk.Names_UniqueResourceName(d, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(48), Separator: jsii.String("-")})
	return jsii.String(*name + "-" + part)
}

// letWrite lets this delivery alone write to the bucket (CloudWatch Logs User
// Guide, "Logs sent to Amazon S3").
func (d *DistributionLog) letWrite(source awslogs.CfnDeliverySource) constructs.IDependable {
	return d.bucket.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("AWSLogDeliveryWrite"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("delivery.logs.amazonaws.com"), nil)},
		Actions:    jsii.Strings("s3:PutObject"),
		Resources:  &[]*string{d.bucket.ArnForObjects(jsii.String("*"))},
		Conditions: &map[string]any{
			"StringEquals": map[string]any{
				"aws:SourceAccount": awscdk.Stack_Of(d).Account(),
				"s3:x-amz-acl":      "bucket-owner-full-control",
			},
			"ArnEquals": map[string]any{"aws:SourceArn": source.AttrArn()},
		},
	})).PolicyDependable
}

func newLogGroup(scope constructs.Construct, days int) awslogs.CfnLogGroup {
	group := awslogs.NewCfnLogGroup(scope, jsii.String("LogGroup"), &awslogs.CfnLogGroupProps{RetentionInDays: jsii.Number(days)})
	group.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, nil)
	return group
}

func newBucket(scope constructs.Construct, days int) awss3.Bucket {
	return awss3.NewBucket(scope, jsii.String("Bucket"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		LifecycleRules: &[]*awss3.LifecycleRule{{
			Expiration:                          awscdk.Duration_Days(jsii.Number(days)),
			AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(jsii.Number(1)),
		}},
	})
}

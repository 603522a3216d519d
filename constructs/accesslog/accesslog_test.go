package accesslog_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/accesslog"
	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/pingapi"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

const (
	deliveryType    = "AWS::Logs::Delivery"
	destinationType = "AWS::Logs::DeliveryDestination"
	groupType       = "AWS::Logs::LogGroup"
	bucketType      = "AWS::S3::Bucket"
)

func logged(t *testing.T, props func(stack awscdk.Stack) accesslog.DistributionLogProps) cdktest.Template {
	t.Helper()
	stack := cdktest.NewStack(t)
	p := props(stack)
	p.Distribution = distribution(stack)
	accesslog.NewDistributionLog(stack, "AccessLog", &p)
	return cdktest.Synth(t, stack)
}

func distribution(stack awscdk.Stack) interfacesawscloudfront.IDistributionRef {
	return edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.FromURL("wss://abc.execute-api.eu-west-1.amazonaws.com/prod", nil)},
	}).Distribution()
}

// The goldens pin whole templates, logical ids included: a changed id replaces what
// holds the logs.
func TestTheLogsAreWhatIsWrittenDown(t *testing.T) {
	for name, tt := range map[string]struct {
		props accesslog.DistributionLogProps
		role  accesslog.AccountRole
	}{
		"defaults":        {accesslog.DistributionLogProps{}, accesslog.RoleExists},
		"bucket-and-role": {accesslog.DistributionLogProps{ToBucket: true}, accesslog.MakeRole},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			tt.props.Distribution = distribution(stack)
			accesslog.NewDistributionLog(stack, "AccessLog", &tt.props)
			accesslog.NewStageLog(stack, "ApiLog", &accesslog.StageLogProps{Stage: pingapi.New(stack, "PingApi", nil).Stage(), AccountRole: tt.role})
			cdktest.Synth(t, stack).Golden(name)
		})
	}
}

func TestTheLogGoesToALogGroupAsJSON(t *testing.T) {
	tpl := logged(t, func(awscdk.Stack) accesslog.DistributionLogProps { return accesslog.DistributionLogProps{} })
	tpl.Has(groupType, map[string]any{"RetentionInDays": 90})
	if got := fmt.Sprint(tpl.Properties(destinationType)); !strings.Contains(got, "Fn::GetAtt:[AccessLogLogGroup") || !strings.Contains(got, "OutputFormat:json") {
		t.Errorf("got %s", got)
	}
	source := tpl.Properties("AWS::Logs::DeliverySource")
	if got := fmt.Sprint(source); source["LogType"] != "ACCESS_LOGS" || !strings.Contains(got, ":cloudfront::") || !strings.Contains(got, ":distribution/ map[Ref:EdgeDistribution") {
		t.Errorf("got %s", got)
	}
}

// Tokens travel in the query string, and cookies and referrers tell too much.
func TestALineTellsOfTheConnectionAndNothingThatIsSecret(t *testing.T) {
	tpl := logged(t, func(awscdk.Stack) accesslog.DistributionLogProps { return accesslog.DistributionLogProps{} })
	fields := tpl.Properties(deliveryType)["RecordFields"].([]any)
	for _, want := range []string{"date", "time", "time-taken", "cs-bytes", "sc-bytes", "cs-protocol", "sc-status", "x-edge-result-type", "x-edge-location"} {
		if !slices.Contains(fields, any(want)) {
			t.Errorf("want %s in %v", want, fields)
		}
	}
	for _, secret := range []string{"cs-uri-query", "cs(Cookie)", "cs(Referer)"} {
		if slices.Contains(fields, any(secret)) {
			t.Errorf("want no %s in %v", secret, fields)
		}
	}
}

func TestFurtherFieldsAreLoggedOnRequest(t *testing.T) {
	tpl := logged(t, func(awscdk.Stack) accesslog.DistributionLogProps {
		return accesslog.DistributionLogProps{AdditionalFields: []string{"cs-uri-query", "date"}}
	})
	fields := tpl.Properties(deliveryType)["RecordFields"].([]any)
	if want := len(accesslog.Fields()) + 1; len(fields) != want || fields[want-1] != "cs-uri-query" {
		t.Errorf("got %v", fields)
	}
}

func TestABucketIsPrivateEncryptedAndForTLSAlone(t *testing.T) {
	tpl := logged(t, func(awscdk.Stack) accesslog.DistributionLogProps {
		return accesslog.DistributionLogProps{ToBucket: true, RetentionDays: 10}
	})
	tpl.Count(groupType, 0)
	tpl.Has(bucketType, map[string]any{
		"PublicAccessBlockConfiguration": map[string]any{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true},
		"BucketEncryption":               map[string]any{"ServerSideEncryptionConfiguration": []any{map[string]any{"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "AES256"}}}},
		"LifecycleConfiguration":         map[string]any{"Rules": []any{map[string]any{"ExpirationInDays": 10, "Status": "Enabled"}}},
	})
	policy := fmt.Sprint(tpl.Properties("AWS::S3::BucketPolicy"))
	for _, want := range []string{"aws:SecureTransport:false", "Service:delivery.logs.amazonaws.com", "aws:SourceArn:map[Fn::GetAtt:[AccessLogSource", "Action:s3:PutObject"} {
		if !strings.Contains(policy, want) {
			t.Errorf("want %s in %s", want, policy)
		}
	}
	for _, delivery := range *tpl.FindResources(jsii.String(deliveryType), nil) {
		if got := fmt.Sprint((*delivery)["DependsOn"]); !strings.Contains(got, "AccessLogBucketPolicy") {
			t.Errorf("want the delivery after the policy, got %s", got)
		}
	}
}

func TestWhatHoldsLogsOutlivesTheStack(t *testing.T) {
	for kind, props := range map[string]accesslog.DistributionLogProps{groupType: {}, bucketType: {ToBucket: true}} {
		tpl := logged(t, func(awscdk.Stack) accesslog.DistributionLogProps { return props })
		for id, resource := range *tpl.FindResources(&kind, nil) {
			if got := (*resource)["DeletionPolicy"]; got != "RetainExceptOnCreate" {
				t.Errorf("%s: got %v", id, got)
			}
		}
	}
}

func TestALogGroupOfYoursIsUsed(t *testing.T) {
	tpl := logged(t, func(stack awscdk.Stack) accesslog.DistributionLogProps {
		return accesslog.DistributionLogProps{LogGroup: awslogs.LogGroup_FromLogGroupName(stack, jsii.String("Mine"), jsii.String("mine"))}
	})
	tpl.Count(groupType, 0)
	if got := fmt.Sprint(tpl.Properties(destinationType)["DestinationResourceArn"]); !strings.Contains(got, ":log-group:mine") {
		t.Errorf("got %s", got)
	}
}

func TestABucketOfYoursIsUsed(t *testing.T) {
	tpl := logged(t, func(stack awscdk.Stack) accesslog.DistributionLogProps {
		return accesslog.DistributionLogProps{Bucket: awss3.Bucket_FromBucketName(stack, jsii.String("Mine"), jsii.String("mine"))}
	})
	tpl.Count(bucketType, 0)
	if got := fmt.Sprint(tpl.Properties(destinationType)["DestinationResourceArn"]); !strings.Contains(got, ":s3:::mine") {
		t.Errorf("got %s", got)
	}
}

// What a delivery destination stands for cannot be changed, and CloudFormation
// replaces nothing that keeps its name.
func TestAnotherDestinationIsAnotherResource(t *testing.T) {
	group := func(name string) func(awscdk.Stack) accesslog.DistributionLogProps {
		return func(stack awscdk.Stack) accesslog.DistributionLogProps {
			return accesslog.DistributionLogProps{LogGroup: awslogs.LogGroup_FromLogGroupName(stack, jsii.String("Mine"), &name)}
		}
	}
	bucket := func(name string) func(awscdk.Stack) accesslog.DistributionLogProps {
		return func(stack awscdk.Stack) accesslog.DistributionLogProps {
			return accesslog.DistributionLogProps{Bucket: awss3.Bucket_FromBucketName(stack, jsii.String("Mine"), &name)}
		}
	}
	seen := map[string]string{}
	source := ""
	for what, props := range map[string]func(awscdk.Stack) accesslog.DistributionLogProps{
		"a log group": func(awscdk.Stack) accesslog.DistributionLogProps { return accesslog.DistributionLogProps{} },
		"a bucket": func(awscdk.Stack) accesslog.DistributionLogProps {
			return accesslog.DistributionLogProps{ToBucket: true}
		},
		"a log group of yours": group("mine"),
		"another one":          group("other"),
		"a bucket of yours":    bucket("mine"),
		"another bucket":       bucket("other"),
		"a bucket of the app": func(stack awscdk.Stack) accesslog.DistributionLogProps {
			return accesslog.DistributionLogProps{Bucket: awss3.NewBucket(stack, jsii.String("Own"), nil)}
		},
	} {
		tpl := logged(t, props)
		add := func(key string) {
			if first, taken := seen[key]; taken {
				t.Errorf("%s and %s are both %s", first, what, key)
			}
			seen[key] = what
		}
		for id := range *tpl.FindResources(jsii.String(deliveryType), nil) {
			add(id)
		}
		for id := range *tpl.FindResources(jsii.String(destinationType), nil) {
			add(id)
		}
		name := tpl.Properties(destinationType)["Name"].(string)
		add(name)
		if len(name) > 60 {
			t.Errorf("%s: %s has %d characters, a delivery destination takes 60", what, name, len(name))
		}
		// A distribution has one source, so that must stay the same.
		for id := range *tpl.FindResources(jsii.String("AWS::Logs::DeliverySource"), nil) {
			got := id + " " + tpl.Properties("AWS::Logs::DeliverySource")["Name"].(string)
			if source != "" && got != source {
				t.Errorf("%s: want the source %s, got %s", what, source, got)
			}
			source = got
		}
	}
}

// The names of deliveries hold 60 characters.
func TestNamesFitWhateverTheConstructIsCalled(t *testing.T) {
	long := strings.Repeat("Long", 30)
	for _, props := range []accesslog.DistributionLogProps{{}, {ToBucket: true}} {
		stack := cdktest.NewStack(t)
		props.Distribution = distribution(stack)
		accesslog.NewDistributionLog(stack, long, &props)
		tpl := cdktest.Synth(t, stack)
		for _, kind := range []string{destinationType, "AWS::Logs::DeliverySource"} {
			if name := tpl.Properties(kind)["Name"].(string); len(name) > 60 {
				t.Errorf("%s: %s has %d characters", kind, name, len(name))
			}
		}
	}
	stack := cdktest.NewStack(t)
	accesslog.NewDistributionLog(stack, long, &accesslog.DistributionLogProps{
		Distribution: distribution(stack), Bucket: awss3.Bucket_FromBucketName(stack, jsii.String("Mine"), jsii.String("mine")),
	})
	if name := cdktest.Synth(t, stack).Properties(destinationType)["Name"].(string); len(name) > 60 {
		t.Errorf("%s has %d characters", name, len(name))
	}
}

func TestEveryProblemOfADistributionsLogIsReportedAtOnce(t *testing.T) {
	stack := cdktest.NewStack(t)
	text := cdktest.Panics(t, func() {
		accesslog.NewDistributionLog(stack, "AccessLog", &accesslog.DistributionLogProps{
			ToBucket: true, Bucket: awss3.Bucket_FromBucketName(stack, jsii.String("Mine"), jsii.String("mine")),
			RetentionDays: 10, AdditionalFields: []string{"query", "date", "date"},
		})
	})
	want := `DistributionLog "AccessLog": Distribution: is required; pass the distribution to log
must go to one place, got ToBucket and Bucket; keep one
RetentionDays: cannot be set with Bucket; set the retention there
AdditionalFields[0]: must be a field of CloudFront's access logs, got "query"; write one such as cs-uri-query
AdditionalFields[2]: repeats "date"; drop one`
	if text != want {
		t.Errorf("want\n%s\ngot\n%s", want, text)
	}
	if err := (&accesslog.DistributionLogProps{Distribution: distribution(stack), RetentionDays: 10}).Validate(); err == nil || err.Error() != "RetentionDays: must be a number of days that CloudWatch Logs knows, got 10; write 14" {
		t.Errorf("got %v", err)
	}
}

func TestTheLogOfADistributionIsInUSEast1(t *testing.T) {
	stack := awscdk.NewStack(cdktest.NewApp(t), jsii.String("Test"), &awscdk.StackProps{Env: &awscdk.Environment{Region: jsii.String("eu-west-1")}})
	cdktest.Panics(t, func() {
		accesslog.NewDistributionLog(stack, "AccessLog", &accesslog.DistributionLogProps{Distribution: distribution(stack)})
	}, `DistributionLog "AccessLog": needs a stack in us-east-1, the only region CloudFront takes it from, got eu-west-1`)
}

func TestWhatIsReturnedIsAConstruct(t *testing.T) {
	cdktest.IsConstruct(t, groupType, func(stack awscdk.Stack, id string) constructs.Construct {
		return accesslog.NewDistributionLog(stack, id, &accesslog.DistributionLogProps{Distribution: distribution(stack)})
	})
	cdktest.IsConstruct(t, groupType, func(stack awscdk.Stack, id string) constructs.Construct {
		return accesslog.NewStageLog(stack, id, &accesslog.StageLogProps{Stage: pingapi.New(stack, "Api", nil).Stage(), AccountRole: accesslog.RoleExists})
	})
}

func TestAStageWritesALineOfJSONWithoutWhatWasSent(t *testing.T) {
	stack := cdktest.NewStack(t)
	accesslog.NewStageLog(stack, "ApiLog", &accesslog.StageLogProps{Stage: pingapi.New(stack, "Api", nil).Stage(), AccountRole: accesslog.RoleExists, RetentionDays: 30})
	tpl := cdktest.Synth(t, stack)
	tpl.Has(groupType, map[string]any{"RetentionInDays": 30})
	settings := tpl.Properties("AWS::ApiGatewayV2::Stage")["AccessLogSettings"].(map[string]any)
	var line map[string]string
	if err := json.Unmarshal([]byte(settings["Format"].(string)), &line); err != nil {
		t.Fatal(err)
	}
	if line["error"] != "$context.error.message" || line["connectionId"] != "$context.connectionId" {
		t.Errorf("got %v", line)
	}
	for key, value := range line {
		if !strings.HasPrefix(value, "$context.") || strings.Contains(value, "request.") {
			t.Errorf("%s: %s is not of the context", key, value)
		}
	}
	tpl.Count("AWS::ApiGateway::Account", 0)
	tpl.Count("AWS::IAM::Role", 0)
}

func TestTheRoleOfTheAccountIsMadeOnRequestAndStays(t *testing.T) {
	stack := cdktest.NewStack(t)
	accesslog.NewStageLog(stack, "ApiLog", &accesslog.StageLogProps{Stage: pingapi.New(stack, "Api", nil).Stage(), AccountRole: accesslog.MakeRole})
	tpl := cdktest.Synth(t, stack)
	for _, kind := range []string{"AWS::ApiGateway::Account", "AWS::IAM::Role"} {
		for id, resource := range *tpl.FindResources(&kind, nil) {
			if got := (*resource)["DeletionPolicy"]; got != "Retain" {
				t.Errorf("%s: got %v", id, got)
			}
		}
		tpl.Count(kind, 1)
	}
	for _, stage := range *tpl.FindResources(jsii.String("AWS::ApiGatewayV2::Stage"), nil) {
		if got := fmt.Sprint((*stage)["DependsOn"]); !strings.Contains(got, "ApiLogAccount") {
			t.Errorf("want the stage after the account's role, got %s", got)
		}
	}
}

func TestEveryProblemOfAStagesLogIsReportedAtOnce(t *testing.T) {
	stack := cdktest.NewStack(t)
	imported := awsapigatewayv2.WebSocketStage_FromWebSocketStageAttributes(stack, jsii.String("Imported"), &awsapigatewayv2.WebSocketStageAttributes{
		Api:       awsapigatewayv2.WebSocketApi_FromWebSocketApiAttributes(stack, jsii.String("Api"), &awsapigatewayv2.WebSocketApiAttributes{WebSocketId: jsii.String("abc")}),
		StageName: jsii.String("prod"),
	})
	cdktest.Panics(t, func() {
		accesslog.NewStageLog(stack, "ApiLog", &accesslog.StageLogProps{Stage: imported, RetentionDays: 4})
	},
		`StageLog "ApiLog": Stage: must be one that this app defines, got an imported one; log it where it is defined
AccountRole: is required: API Gateway writes the logs of all APIs of an account and region by one role; write "exists" if it is set there, or "make" to make and set it
RetentionDays: must be a number of days that CloudWatch Logs knows, got 4; write 5`)
	cdktest.Panics(t, func() { accesslog.NewStageLog(stack, "ApiLog", &accesslog.StageLogProps{AccountRole: "x"}) },
		"Stage: is required", `AccountRole: must be one of exists, make, got "x"`)
}

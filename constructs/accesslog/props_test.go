package accesslog_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/accesslog"
	"github.com/websocket-distribution/websocket-distribution/constructs/pingapi"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestEachPropOfADistributionsLogChangesTheTemplate(t *testing.T) {
	type example = cdktest.Example[accesslog.DistributionProps]
	set := func(f func(stack awscdk.Stack) func(*accesslog.DistributionProps)) example {
		return func(stack awscdk.Stack) (accesslog.DistributionProps, func(*accesslog.DistributionProps)) {
			return accesslog.DistributionProps{Distribution: distribution(stack)}, f(stack)
		}
	}
	plain := func(f func(*accesslog.DistributionProps)) example {
		return set(func(awscdk.Stack) func(*accesslog.DistributionProps) { return f })
	}
	cdktest.EachPropChangesTheTemplate(t, map[string]example{
		"Distribution": set(func(stack awscdk.Stack) func(*accesslog.DistributionProps) {
			other := awscdk.NewStack(awscdk.App_Of(stack), jsii.String("Other"), &awscdk.StackProps{Env: &awscdk.Environment{Region: stack.Region()}})
			return func(p *accesslog.DistributionProps) { p.Distribution = distribution(other) }
		}),
		"LogGroup": set(func(stack awscdk.Stack) func(*accesslog.DistributionProps) {
			group := awslogs.LogGroup_FromLogGroupName(stack, jsii.String("Mine"), jsii.String("mine"))
			return func(p *accesslog.DistributionProps) { p.LogGroup = group }
		}),
		"ToBucket": plain(func(p *accesslog.DistributionProps) { p.ToBucket = true }),
		"Bucket": set(func(stack awscdk.Stack) func(*accesslog.DistributionProps) {
			bucket := awss3.Bucket_FromBucketName(stack, jsii.String("Mine"), jsii.String("mine"))
			return func(p *accesslog.DistributionProps) { p.Bucket = bucket }
		}),
		"RetentionDays":    plain(func(p *accesslog.DistributionProps) { p.RetentionDays = 30 }),
		"AdditionalFields": plain(func(p *accesslog.DistributionProps) { p.AdditionalFields = []string{"cs-uri-query"} }),
	}, func(stack awscdk.Stack, props *accesslog.DistributionProps) {
		accesslog.NewDistribution(stack, "AccessLog", props)
	})
}

func TestEachPropOfAStagesLogChangesTheTemplate(t *testing.T) {
	type example = cdktest.Example[accesslog.StageProps]
	set := func(f func(p *accesslog.StageProps)) example {
		return func(stack awscdk.Stack) (accesslog.StageProps, func(*accesslog.StageProps)) {
			return accesslog.StageProps{Stage: pingapi.New(stack, "Api", nil).Stage(), AccountRole: accesslog.RoleExists}, f
		}
	}
	cdktest.EachPropChangesTheTemplate(t, map[string]example{
		"Stage": func(stack awscdk.Stack) (accesslog.StageProps, func(*accesslog.StageProps)) {
			one, two := pingapi.New(stack, "One", nil).Stage(), pingapi.New(stack, "Two", nil).Stage()
			return accesslog.StageProps{Stage: one, AccountRole: accesslog.RoleExists}, func(p *accesslog.StageProps) { p.Stage = two }
		},
		"AccountRole":   set(func(p *accesslog.StageProps) { p.AccountRole = accesslog.MakeRole }),
		"RetentionDays": set(func(p *accesslog.StageProps) { p.RetentionDays = 30 }),
	}, func(stack awscdk.Stack, props *accesslog.StageProps) { accesslog.NewStage(stack, "ApiLog", props) })
}

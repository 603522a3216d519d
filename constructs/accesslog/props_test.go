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
	type example = cdktest.Example[accesslog.DistributionLogProps]
	set := func(f func(stack awscdk.Stack) func(*accesslog.DistributionLogProps)) example {
		return func(stack awscdk.Stack) (accesslog.DistributionLogProps, func(*accesslog.DistributionLogProps)) {
			return accesslog.DistributionLogProps{Distribution: distribution(stack)}, f(stack)
		}
	}
	plain := func(f func(*accesslog.DistributionLogProps)) example {
		return set(func(awscdk.Stack) func(*accesslog.DistributionLogProps) { return f })
	}
	cdktest.EachPropChangesTheTemplate(t, map[string]example{
		"Distribution": set(func(stack awscdk.Stack) func(*accesslog.DistributionLogProps) {
			other := awscdk.NewStack(awscdk.App_Of(stack), jsii.String("Other"), &awscdk.StackProps{Env: &awscdk.Environment{Region: stack.Region()}})
			return func(p *accesslog.DistributionLogProps) { p.Distribution = distribution(other) }
		}),
		"LogGroup": set(func(stack awscdk.Stack) func(*accesslog.DistributionLogProps) {
			group := awslogs.LogGroup_FromLogGroupName(stack, jsii.String("Mine"), jsii.String("mine"))
			return func(p *accesslog.DistributionLogProps) { p.LogGroup = group }
		}),
		"ToBucket": plain(func(p *accesslog.DistributionLogProps) { p.ToBucket = true }),
		"Bucket": set(func(stack awscdk.Stack) func(*accesslog.DistributionLogProps) {
			bucket := awss3.Bucket_FromBucketName(stack, jsii.String("Mine"), jsii.String("mine"))
			return func(p *accesslog.DistributionLogProps) { p.Bucket = bucket }
		}),
		"RetentionDays":    plain(func(p *accesslog.DistributionLogProps) { p.RetentionDays = 30 }),
		"AdditionalFields": plain(func(p *accesslog.DistributionLogProps) { p.AdditionalFields = []string{"cs-uri-query"} }),
	}, func(stack awscdk.Stack, props *accesslog.DistributionLogProps) {
		accesslog.NewDistributionLog(stack, "AccessLog", props)
	})
}

func TestEachPropOfAStagesLogChangesTheTemplate(t *testing.T) {
	type example = cdktest.Example[accesslog.StageLogProps]
	set := func(f func(p *accesslog.StageLogProps)) example {
		return func(stack awscdk.Stack) (accesslog.StageLogProps, func(*accesslog.StageLogProps)) {
			return accesslog.StageLogProps{Stage: pingapi.New(stack, "Api", nil).Stage(), AccountRole: accesslog.RoleExists}, f
		}
	}
	cdktest.EachPropChangesTheTemplate(t, map[string]example{
		"Stage": func(stack awscdk.Stack) (accesslog.StageLogProps, func(*accesslog.StageLogProps)) {
			one, two := pingapi.New(stack, "One", nil).Stage(), pingapi.New(stack, "Two", nil).Stage()
			return accesslog.StageLogProps{Stage: one, AccountRole: accesslog.RoleExists}, func(p *accesslog.StageLogProps) { p.Stage = two }
		},
		"AccountRole":   set(func(p *accesslog.StageLogProps) { p.AccountRole = accesslog.MakeRole }),
		"RetentionDays": set(func(p *accesslog.StageLogProps) { p.RetentionDays = 30 }),
	}, func(stack awscdk.Stack, props *accesslog.StageLogProps) {
		accesslog.NewStageLog(stack, "ApiLog", props)
	})
}

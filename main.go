// Command websocket-distribution is a CDK app: one stack per environment of
// cdk.json, each with a CloudFront distribution in front of a WebSocket API.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/config"
	"github.com/websocket-distribution/websocket-distribution/stacks"
)

func main() {
	err := synth()
	if err != nil {
		fmt.Fprintln(os.Stderr, report(err))
	}
	closeCDK()
	if err != nil {
		os.Exit(1)
	}
}

// closeCDK ends the CDK's process. jsii-runtime-go before 1.142 waits for it twice,
// and now and then calls that an abnormal exit on the standard error. Nothing that
// a reader needs is written there any more.
func closeCDK() {
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
	jsii.Close()
}

func synth() error {
	const name = "cdk.json"
	var lost error
	if file, err := os.ReadFile(name); err == nil {
		if err := config.CheckJSON(name, file); err != nil {
			return err
		}
		lost = config.CheckLost(name, file)
	}
	return catch(func() error {
		app := awscdk.NewApp(nil)
		err := define(app)
		if lost != nil && errors.Is(err, config.ErrNoEnvironment) {
			err = nil // an environment that was lost is why
		}
		if err := errors.Join(lost, err); err != nil {
			return err
		}
		app.Synth(nil)
		return nil
	})
}

// define defines the stacks of the environments that the app's context selects.
func define(app awscdk.App) error {
	value := func(key string) any { return app.Node().TryGetContext(&key) }
	environments, err := config.Select(value(config.Environments), value(config.Env), value(config.APIURL))
	if err != nil {
		return err
	}
	for _, env := range environments {
		stacks.NewWebSocket(app, env)
	}
	return nil
}

// catch runs f and returns the errors that the CDK reports by panicking. Go's own
// panics are bugs and go on.
func catch(f func() error) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case runtime.Error:
			panic(r)
		case error:
			err = r
		case string:
			err = errors.New(r)
		default:
			panic(r)
		}
	}()
	return f()
}

// report is what a person reads: each problem on a line of its own.
func report(err error) string {
	return "The app cannot be synthesized:\n  " + strings.ReplaceAll(err.Error(), "\n", "\n  ")
}

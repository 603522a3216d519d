// Package lambda reads the Lambda functions of a template, as far as others call them:
// their names, who may call them, and roles with which a call is made.
package lambda

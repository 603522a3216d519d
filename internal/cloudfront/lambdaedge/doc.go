// Package lambdaedge runs Lambda@Edge functions whose JavaScript is in the template, on
// viewer and origin requests, and checks what CloudFront asks of a Lambda function at
// the edge. Code that is elsewhere, or that needs more of Node.js than there is here, is
// not run.
package lambdaedge

// Package accesslog writes the access logs of a distribution in front of a
// WebSocket API, and those of the API's stage.
//
// CloudFront writes the line of a WebSocket when the connection closes: its
// time-taken is the whole connection, its bytes are those of both ways. Query
// strings are left out, because tokens travel there. See the examples of
// [NewDistributionLog] and [NewStageLog].
package accesslog

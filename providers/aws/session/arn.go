package session

import "strings"

// ARN is a parsed Amazon Resource Name: arn:partition:service:region:account:resource.
type ARN struct{ Partition, Service, Region, Account, Resource string }

// IsARN reports whether name means to be an ARN. Neither service allows a ":" in
// names, so nothing else starts like this.
func IsARN(name string) bool { return strings.HasPrefix(name, "arn:") }

// ParseARN parses s. It is false for what is no ARN.
func ParseARN(s string) (ARN, bool) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] == "" || parts[2] == "" || parts[5] == "" {
		return ARN{}, false
	}
	return ARN{Partition: parts[1], Service: parts[2], Region: parts[3], Account: parts[4], Resource: parts[5]}, true
}

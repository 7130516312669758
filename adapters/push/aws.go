package push

import (
	"encoding/json"
	"strings"
)

// AWS reads these events of EventBridge, with or without an envelope of SNS:
//
//   - "Secret Label Updated" of Secrets Manager, after AWSCURRENT has moved. It is sent
//     for every secret, without CloudTrail.
//   - "Parameter Store Change", after a parameter was created, changed or deleted.
//   - Events of Secrets Manager from CloudTrail: rotations that succeeded, and calls
//     that change the current version.
//
// Each event gives a notice for the name and one for the ARN, because a store may use
// either. Other events give no notice.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/secret-event-notifications.html
func AWS(m Message) ([]Notice, error) {
	var e awsEvent
	if err := decode(unwrapSNS(m.Body), &e); err != nil {
		return nil, err
	}
	switch e.DetailType {
	case "":
		return nil, errForeign
	case "Secret Label Updated":
		return e.labelUpdated()
	case "Parameter Store Change":
		return e.parameterChanged()
	case "AWS Service Event via CloudTrail", "AWS API Call via CloudTrail":
		return e.trail()
	}
	return nil, nil
}

type awsEvent struct {
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Time       string          `json:"time"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

func (e *awsEvent) labelUpdated() ([]Notice, error) {
	var d struct{ Name, LabelUpdated, VersionID string }
	if json.Unmarshal(e.Detail, &d) != nil || d.Name == "" {
		return nil, malformed("the event has no name of a secret")
	}
	if e.Source != "aws.secretsmanager" || d.LabelUpdated != "AWSCURRENT" {
		return nil, nil
	}
	return e.notices(d.Name, d.VersionID, e.arn(":secret:"))
}

// parameterChanged ignores LabelParameterVersion, because Get reads the highest
// version, which does not change. The event does not have the version.
func (e *awsEvent) parameterChanged() ([]Notice, error) {
	var d struct{ Name, Operation string }
	if json.Unmarshal(e.Detail, &d) != nil || d.Name == "" {
		return nil, malformed("the event has no name of a parameter")
	}
	switch d.Operation {
	case "Create", "Update", "Delete":
		if e.Source == "aws.ssm" {
			return e.notices(d.Name, "", e.arn(":parameter/"))
		}
	}
	return nil, nil
}

// arn returns the event's first resource, if it is of this kind.
func (e *awsEvent) arn(kind string) string {
	if len(e.Resources) > 0 && strings.HasPrefix(e.Resources[0], "arn:") && strings.Contains(e.Resources[0], kind) {
		return e.Resources[0]
	}
	return ""
}

// notices returns the notices for a secret's name and for its ARN, if these are known.
func (e *awsEvent) notices(name, version, arn string) ([]Notice, error) {
	at := parseTime(e.Time)
	notices := []Notice{{Name: name, Version: version, Time: at}}
	if arn != "" {
		notices = append(notices, Notice{Name: arn, Version: version, Time: at})
	}
	return checked(notices...)
}

import { randomUUID } from "node:crypto";
import { type HttpResponse, type Incoming, jsonResponse, xmlResponse } from "../identityCenter/http.ts";
import { deliver } from "../identityCenter/misbehaviour.ts";
import { authenticate, callerOf, type ServiceError } from "../identityCenter/roleSignature.ts";
import { listen } from "../identityCenter/server.ts";
import type { RoleKey, State } from "../identityCenter/state.ts";
import { queryError, queryResult } from "../identityCenter/sts.ts";

/** A request to one of these services whose signature was right. */
interface SignedRequest {
  /** `s3 GET /bucket`, `ssm AmazonSSM.StartSession`. */
  what: string;
  accessKeyId: string;
}

export interface AwsServices {
  readonly url: string;
  /** The environment that directs clients here. rclone has a variable of its own. */
  readonly env: Readonly<Record<string, string>>;
  readonly requests: readonly SignedRequest[];
  stop(): Promise<void>;
}

/** The session that Systems Manager opens; the plugin gets it as it is. */
export const SSM_SESSION = {
  SessionId: "person@example.com-0a1b2c3d4e5f67890",
  StreamUrl:
    "wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/person@example.com-0a1b2c3d4e5f67890?role=publish_subscribe",
  TokenValue: "AAEAAexampletoken",
};

type Service = (incoming: Incoming, key: RoleKey) => HttpResponse;

interface Protocol {
  answer: Service;
  refuse(error: ServiceError): HttpResponse;
  name(incoming: Incoming): string;
}

const CLOUDFORMATION = "http://cloudformation.amazonaws.com/doc/2010-05-15/";
const S3 = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const action = ({ text }: Incoming) => new URLSearchParams(text).get("Action") ?? "none";

/** By the service's name in the signature. */
const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  s3: {
    answer: s3,
    refuse: ({ status, code, message }) =>
      xmlResponse(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`),
    name: ({ method, path }) => `${method} ${path}`,
  },
  ssm: {
    answer: ssm,
    refuse: ({ code, message }) => jsonResponse(400, { __type: code, message }),
    name: ({ headers }) => headers["x-amz-target"] ?? "none",
  },
  cloudformation: {
    answer: cloudFormation,
    refuse: (error) => queryError(error, CLOUDFORMATION),
    name: action,
  },
};

/**
 * S3, Systems Manager and CloudFormation, as far as a client asks them who it is: each checks the
 * signature against the role credentials that the emulated Identity Center has issued, and answers
 * with the caller's role.
 */
export async function startAwsServices(state: State): Promise<AwsServices> {
  const requests: SignedRequest[] = [];
  const server = await listen(
    (incoming, response) => {
      const [, service = "none"] =
        /Credential=[^,]*\/(\w+)\/aws4_request/.exec(incoming.headers.authorization ?? "") ?? [];
      const protocol = PROTOCOLS[service];
      deliver(
        response,
        () => {
          if (!protocol) return jsonResponse(404, { message: "Not Found" });
          const key = authenticate(state, incoming, service);
          if ("code" in key) return protocol.refuse(key);
          const { accessKeyId } = key;
          requests.push({ what: `${service} ${protocol.name(incoming)}`, accessKeyId });
          return protocol.answer(incoming, key);
        },
        undefined,
      );
    },
    0,
    undefined,
  );
  const variables = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL_CLOUDFORMATION"];
  return {
    url: server.url,
    env: Object.fromEntries([...variables, "RCLONE_S3_ENDPOINT"].map((name) => [name, server.url])),
    requests,
    stop: () => server.goDown(),
  };
}

/** A bucket with an object named as the caller's role, and one with an OpenTofu state naming it. */
function s3({ method, path }: Incoming, key: RoleKey): HttpResponse {
  const { arn } = callerOf(key);
  const time = "2026-01-01T00:00:00.000Z";
  if (method !== "GET" && method !== "HEAD")
    return xmlResponse(405, "<Error><Code>MethodNotAllowed</Code></Error>");
  if (path === "/") {
    const bucket = `<Bucket><Name>dev-logs</Name><CreationDate>${time}</CreationDate></Bucket>`;
    return xmlResponse(
      200,
      `<ListAllMyBucketsResult ${S3}><Buckets>${bucket}</Buckets></ListAllMyBucketsResult>`,
    );
  }
  if (path.endsWith(".tfstate")) {
    const outputs = { caller: { value: arn, type: "string" } };
    const lineage = randomUUID();
    return jsonResponse(200, {
      version: 4,
      terraform_version: "1.10.0",
      serial: 1,
      lineage,
      outputs,
      resources: [],
    });
  }
  const object = `<Contents><Key>${arn.replace(/.*:/, "")}</Key><LastModified>${time}</LastModified><ETag>"0"</ETag><Size>1</Size></Contents>`;
  return xmlResponse(
    200,
    `<ListBucketResult ${S3}><Name>dev-logs</Name><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>${object}</ListBucketResult>`,
  );
}

function ssm(incoming: Incoming): HttpResponse {
  if (incoming.headers["x-amz-target"] !== "AmazonSSM.StartSession")
    return jsonResponse(400, { __type: "UnknownOperationException" });
  return jsonResponse(200, SSM_SESSION, { "content-type": "application/x-amz-json-1.1" });
}

/** Every stack exists, and its template is described by the caller's role. */
function cloudFormation(incoming: Incoming, key: RoleKey): HttpResponse {
  const name = action(incoming);
  if (name === "DescribeStacks") {
    const stack =
      `<StackId>arn:aws:cloudformation:eu-west-1:${key.accountId}:stack/dev/1</StackId><StackName>dev</StackName>` +
      "<CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>";
    return queryResult(name, `<Stacks><member>${stack}</member></Stacks>`, CLOUDFORMATION);
  }
  if (name === "GetTemplate") {
    const template = JSON.stringify({ Description: callerOf(key).arn, Resources: {} });
    return queryResult(
      name,
      `<TemplateBody>${template.replaceAll('"', "&quot;")}</TemplateBody>`,
      CLOUDFORMATION,
    );
  }
  const message = `${name} is not known here`;
  return queryError({ status: 400, code: "ValidationError", message }, CLOUDFORMATION);
}

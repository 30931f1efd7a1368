import {
  GetRoleCredentialsCommand,
  type GetRoleCredentialsCommandInput,
  ListAccountRolesCommand,
  type ListAccountRolesCommandInput,
  ListAccountsCommand,
  type ListAccountsCommandInput,
  LogoutCommand,
  type LogoutCommandInput,
  SSOClient,
} from "@aws-sdk/client-sso";
import { bare, type ClientSettings, configuration } from "./sdkClient.ts";

/** The operations of the access portal that are in use. */
export function portalOperations(settings: ClientSettings) {
  const client = bare(new SSOClient(configuration(settings)));
  return {
    getRoleCredentials: (input: GetRoleCredentialsCommandInput, options: object) =>
      client.send(new GetRoleCredentialsCommand(input), options),
    listAccounts: (input: ListAccountsCommandInput, options: object) =>
      client.send(new ListAccountsCommand(input), options),
    listAccountRoles: (input: ListAccountRolesCommandInput, options: object) =>
      client.send(new ListAccountRolesCommand(input), options),
    logout: (input: LogoutCommandInput, options: object) => client.send(new LogoutCommand(input), options),
  };
}

import { dcsContract } from '../dcs/contract';
import { startEtcdStore, startSecuredEtcd } from '../dcs/etcd-store';

dcsContract({ name: 'etcd', start: startEtcdStore, startSecured: startSecuredEtcd, missing: null });
